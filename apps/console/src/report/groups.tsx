import type { Cell, Group } from '../api/reporting';
import { wordFor } from '../api/words';
import { duration } from '../ui/time';
import { BarPlot, Numbers, percent } from '../ui/plot';

const nameOf = (group: Group) =>
  group.name && group.name !== group.key ? group.name : wordFor({}, group.key);
const isShown = (group: Group): group is Group & Cell => group.suppressed !== true;

/** Closed against open, group by group. Suppressed groups are not drawn; the table says so. */
export function GroupPlot({ groups, by }: { groups: Group[]; by: string }) {
  const shown = groups.filter(isShown);
  if (shown.length === 0) return null;
  const rows = shown.map((group) => ({
    name: nameOf(group),
    closed: group.counts['closed'] ?? 0,
    open: group.counts['open'] ?? 0,
    raised: group.counts['raised'] ?? 0,
  }));
  const most = rows.reduce((a, b) => (b.raised > a.raised ? b : a));
  const hidden = groups.length - shown.length;
  return (
    <BarPlot
      title={`Closed and open loops by ${by}`}
      summary={`Most loops: ${most.name}, with ${most.raised.toLocaleString('en-US')}.${hidden > 0 ? ` ${hidden === 1 ? 'One group is' : `${hidden} groups are`} too small to show.` : ''}`}
      legend={{ filled: 'closed', hatched: 'open' }}
      max={Math.max(...rows.map((row) => row.raised))}
      bars={rows.map((row) => ({
        name: row.name,
        filled: row.closed,
        hatched: row.open,
        says: `${row.closed} closed, ${row.open} open`,
      }))}
      table={
        <Numbers
          caption={`Loops by ${by}`}
          head={['Group', 'Raised', 'Closed', 'Open']}
          rows={rows.map((row) => [row.name, row.raised, row.closed, row.open])}
        />
      }
    />
  );
}

const pair = (times: { n: number; median: number | null; p90: number | null } | undefined) => {
  if (!times || times.n === 0) return <span className="hb-quiet">none</span>;
  return (
    <>
      {duration(times.median)}
      <span className="hb-quiet">
        P90 {duration(times.p90)}, n {times.n}
      </span>
    </>
  );
};
const share = (rate: { n: number; of: number; rate: number | null } | undefined) => {
  if (!rate || rate.rate === null) return <span className="hb-quiet">none</span>;
  return (
    <>
      {percent(rate.rate)}
      <span className="hb-quiet">
        {rate.n} of {rate.of}
      </span>
    </>
  );
};

export function GroupTable({ groups, byName }: { groups: Group[]; byName: string }) {
  return (
    <div
      className="hb-scroll"
      tabIndex={0}
      role="region"
      aria-label={`All measures by ${byName.toLowerCase()}`}
    >
      <table className="usa-table usa-table--borderless hb-table">
        <caption>All measures by {byName.toLowerCase()}: times as median with P90, rates with n</caption>
        <thead>
          <tr>
            <th scope="col">{byName}</th>
            {[
              'Loops',
              'Voices',
              'Acknowledged in',
              'First response in',
              'Answered in',
              'Within target',
              'Delivered',
              'Verified closure',
              'Said "no"',
            ].map((name) => (
              <th key={name} scope="col" className="hb-num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) =>
            isShown(group) ? (
              <tr key={group.key}>
                <th scope="row">{nameOf(group)}</th>
                <td className="hb-num">{(group.counts['raised'] ?? 0).toLocaleString('en-US')}</td>
                <td className="hb-num">{group.voices.toLocaleString('en-US')}</td>
                <td className="hb-num">{pair(group.times.acknowledgement)}</td>
                <td className="hb-num">{pair(group.times.firstResponse)}</td>
                <td className="hb-num">{pair(group.times.answer)}</td>
                <td className="hb-num">{share(group.rates.withinTarget)}</td>
                <td className="hb-num">{share(group.rates.delivered)}</td>
                <td className="hb-num">{share(group.rates.verifiedClosure)}</td>
                <td className="hb-num">{share(group.rates.dispute)}</td>
              </tr>
            ) : (
              <tr key={group.key} className="hb-suppressed">
                <th scope="row">{nameOf(group)}</th>
                <td colSpan={9}>fewer than {group.minimum ?? 'the minimum'}, not shown</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}
