import { useEffect, useRef, type ReactNode } from 'react';
import { Problem } from '../api/client';

type Tone = 'info' | 'success' | 'warning' | 'error';
const tones: Record<Tone, string> = {
  info: 'usa-alert usa-alert--info',
  success: 'usa-alert usa-alert--success',
  warning: 'usa-alert usa-alert--warning',
  error: 'usa-alert usa-alert--error',
};

export function Notice({
  tone,
  title,
  children,
  live = false,
}: {
  tone: Tone;
  title?: string;
  children?: ReactNode;
  live?: boolean;
}) {
  return (
    <div className={tones[tone]} role={live ? 'status' : undefined}>
      <div className="usa-alert__body">
        {title && <p className="usa-alert__heading">{title}</p>}
        {children && <div className="usa-alert__text">{children}</div>}
      </div>
    </div>
  );
}

/** What a person can do about a call that failed, in plain words. */
export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  const problem = error instanceof Problem ? error : undefined;
  const words =
    problem?.status === 404
      ? 'We cannot find this, or it is not yours to see.'
      : problem?.status === 403
        ? (problem.detail ?? 'Your account may not see this.')
        : problem?.status === 429
          ? 'Too many requests at once. Wait a minute and try again.'
          : (problem?.detail ?? 'Something went wrong on our side.');
  return (
    <div className="usa-alert usa-alert--error" role="alert">
      <div className="usa-alert__body">
        <p className="usa-alert__heading">{problem?.title ?? 'Something went wrong'}</p>
        <p className="usa-alert__text">
          {words}{' '}
          {retry && (
            <button type="button" className="usa-button usa-button--unstyled" onClick={retry}>
              Try again
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="hb-loading" role="status">
      Loading {what}…
    </p>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <div className="hb-empty">{children}</div>;
}

/** What the person just did, said and brought into view: the form that had the focus may be gone. */
export function Done({ what }: { what: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (what) box.current?.focus();
  }, [what]);
  return (
    <div ref={box} tabIndex={-1} role="status" className="hb-done">
      {what && <Notice tone="success">{what}</Notice>}
    </div>
  );
}
