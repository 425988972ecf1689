import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { Me } from '../api/me';
import { reporting, type Cell, type ClosedLoop, type GroupBy, type Suppressed } from '../api/reporting';
import type { Org } from '../api/roster';
import { useOrganisations } from '../app/organisations';
import { For } from '../app/session';
import { Empty, Failed, Loading } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { isoDay, When } from '../ui/time';
import { Funnel, StatesNow } from './funnel';
import { GroupTable, GroupPlot } from './groups';
import { Outcomes, Rates } from './rates';
import { TraceForm } from '../loops/trace-form';
import { TimesPlot } from './times-plot';

const bys: { id: GroupBy; name: string }[] = [
  { id: 'org', name: 'Organization' },
  { id: 'month', name: 'Month' },
  { id: 'origin', name: 'Origin' },
  { id: 'role', name: 'Role' },
  { id: 'topic', name: 'Topic' },
];

/** The leader's closed-loop report: what was heard, who answered, how fast, was it settled. */
export function Report() {
  return (
    <For roles={['leader', 'it']} title="Closed-loop report">
      {(me) => <ReportOf me={me} />}
    </For>
  );
}

function ReportOf({ me }: { me: Me }) {
  const [address, setAddress] = useSearchParams();
  const orgs = useOrganisations();
  const tree = treeOf(orgs.data?.items ?? [], me.orgs);
  const today = new Date();
  const query = {
    org: address.get('org') ?? me.orgs[0] ?? tree[0]?.org.orgId ?? '',
    from: address.get('from') ?? isoDay(shift(today, -90)),
    to: address.get('to') ?? isoDay(shift(today, 1)),
    by: (bys.find((by) => by.id === address.get('by'))?.id ?? 'org') satisfies GroupBy,
  };
  const set = (name: keyof typeof query, value: string) =>
    setAddress(
      (before) => {
        before.set(name, value);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  const report = useQuery({
    queryKey: ['closed-loop', query],
    queryFn: () => reporting.closedLoop(query),
    enabled: query.org !== '' && query.from < query.to,
    placeholderData: (before) => before,
  });
  return (
    <Page
      title="Closed-loop report"
      wide
      lead="What was heard, who answered, how fast, and whether the person who spoke says it is settled."
    >
      <form
        className="hb-filters"
        aria-label="Choose what the report shows"
        onSubmit={(event) => event.preventDefault()}
      >
        <div className="hb-filters__wide">
          <label className="usa-label" htmlFor="report-org">
            Organization, and all below it
          </label>
          <select
            id="report-org"
            className="usa-select"
            value={query.org}
            onChange={(event) => set('org', event.target.value)}
          >
            {!tree.some(({ org }) => org.orgId === query.org) && (
              <option value={query.org}>{query.org || 'Choose one'}</option>
            )}
            {tree.map(({ org, depth }) => (
              <option key={org.orgId} value={org.orgId}>
                {`${'\u00a0\u00a0\u00a0'.repeat(depth)}${depth > 0 ? '└ ' : ''}${org.name}`}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label className="usa-label" htmlFor="report-from">
            First day
          </label>
          <input
            id="report-from"
            className="usa-input"
            type="date"
            value={query.from}
            onChange={(event) => event.target.value && set('from', event.target.value)}
          />
        </div>
        <div>
          <label className="usa-label" htmlFor="report-to">
            Last day
          </label>
          <input
            id="report-to"
            className="usa-input"
            type="date"
            value={lastDay(query.to)}
            onChange={(event) =>
              event.target.value && set('to', isoDay(shift(new Date(`${event.target.value}T12:00:00`), 1)))
            }
          />
        </div>
        <div>
          <label className="usa-label" htmlFor="report-by">
            Broken down by
          </label>
          <select
            id="report-by"
            className="usa-select"
            value={query.by}
            onChange={(event) => set('by', event.target.value)}
          >
            {bys.map((by) => (
              <option key={by.id} value={by.id}>
                {by.name}
              </option>
            ))}
          </select>
        </div>
      </form>
      {query.from >= query.to && <Empty>The last day is before the first day.</Empty>}
      {report.isPending && report.fetchStatus !== 'idle' && <Loading what="the report" />}
      {report.isError && <Failed error={report.error} retry={() => void report.refetch()} />}
      {report.data && (
        <Shown report={report.data} byName={bys.find((by) => by.id === report.data.by)?.name ?? ''} />
      )}
      <TraceForm />
    </Page>
  );
}

function Shown({ report, byName }: { report: ClosedLoop; byName: string }) {
  const { total } = report;
  return (
    <>
      <p className="hb-quiet" role="status">
        {report.orgName ? `${report.orgName}. ` : ''}Loops raised from <When at={report.from} dateOnly /> to{' '}
        <When at={lastDay(report.to)} dateOnly />. As of <When at={report.asOf} />.
      </p>
      {isSuppressed(total) ? (
        <Empty>
          Fewer than {total.minimum ?? 'the minimum'}, not shown. So few loops could point to one person.
        </Empty>
      ) : (total.counts['raised'] ?? 0) === 0 ? (
        <Empty>Nothing was raised in this time.</Empty>
      ) : (
        <TotalParts cell={total} />
      )}
      <Part title={`By ${byName.toLowerCase()}`} id="groups">
        {report.groups.length === 0 ? (
          <Empty>Nothing to break down.</Empty>
        ) : (
          <>
            <GroupPlot groups={report.groups} by={byName.toLowerCase()} />
            <GroupTable groups={report.groups} byName={byName} />
          </>
        )}
      </Part>
    </>
  );
}

function TotalParts({ cell }: { cell: Cell }) {
  const count = (name: keyof Cell['counts']) => cell.counts[name] ?? 0;
  return (
    <>
      <ul className="hb-figures">
        <Figure
          n={count('raised')}
          name="loops raised"
          note={`standing for ${cell.voices.toLocaleString('en-US')} voices`}
        />
        <Figure n={count('open')} name="open now" note={`${count('promised')} of them promised`} />
        <Figure n={count('confirmed')} name="settled" note="in the originator's own word" />
        <Figure
          n={count('disputed') + count('unsettled')}
          name="not settled"
          note={`${count('unsettled')} after the last answer`}
        />
        <Figure n={count('unconfirmed')} name="closed, never confirmed" note="silence is not a yes" />
      </ul>
      <h2 className="usa-sr-only">All loops of this choice</h2>
      <div className="hb-plots">
        <Funnel cell={cell} />
        <StatesNow cell={cell} />
        <TimesPlot times={cell.times} />
        <Rates rates={cell.rates} />
        <Outcomes outcomes={cell.outcomes ?? {}} />
      </div>
    </>
  );
}

function Figure({ n, name, note }: { n: number; name: string; note: string }) {
  return (
    <li>
      <span className="hb-figures__n">{n.toLocaleString('en-US')}</span>{' '}
      <span className="hb-figures__name">{name}</span> <span className="hb-quiet">{note}</span>
    </li>
  );
}

export const isSuppressed = (cell: (Cell & { suppressed?: false }) | Suppressed): cell is Suppressed =>
  cell.suppressed === true;

const shift = (date: Date, days: number) =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 12);

/** The API's `to` is the day after the last one. */
const lastDay = (to: string) => isoDay(shift(new Date(`${to}T12:00:00`), -1));

/** The organisations in the leader's scope, each below the one it belongs to. */
function treeOf(orgs: Org[], scope: string[]): { org: Org; depth: number }[] {
  const known = new Set(orgs.map((org) => org.orgId));
  const inScope = scope.filter((id) => known.has(id));
  const roots =
    inScope.length > 0
      ? orgs.filter((org) => inScope.includes(org.orgId))
      : orgs.filter((org) => !org.parentId || !known.has(org.parentId));
  const lines: { org: Org; depth: number }[] = [];
  const seen = new Set<string>();
  const walk = (org: Org, depth: number) => {
    if (seen.has(org.orgId)) return;
    seen.add(org.orgId);
    lines.push({ org, depth });
    for (const child of orgs) if (child.parentId === org.orgId) walk(child, depth + 1);
  };
  for (const root of roots) walk(root, 0);
  return lines;
}
