import { useEffect, type ReactNode } from 'react';
import { announceTitle } from './arrival';

/** One screen: its title in the tab, and its only h1. */
export function Page({
  title,
  lead,
  wide = false,
  children,
  actions,
}: {
  title: string;
  lead?: ReactNode;
  wide?: boolean;
  children: ReactNode;
  actions?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Hearback`;
  }, [title]);
  useEffect(announceTitle, []);
  return (
    <div className={wide ? 'hb-page hb-page--wide' : 'hb-page'}>
      <div className="hb-page__head">
        <div>
          <h1 id="page-title" tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="hb-lead">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}

/** A titled part of a screen. */
export function Part({
  title,
  id,
  children,
  tone = 'plain',
}: {
  title: string;
  id: string;
  children: ReactNode;
  tone?: 'plain' | 'soft' | 'strong';
}) {
  const looks = { plain: 'hb-part', soft: 'hb-part hb-part--soft', strong: 'hb-part hb-part--strong' };
  return (
    <section className={looks[tone]} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** Names and what they stand for, two columns on a wide screen. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className="hb-facts">
      {items.map(([name, value], n) => (
        <div key={`${name} ${n}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
