import type { Cell } from '../api/reporting';
import { loopStates, type LoopState } from '../api/words';
import { BarPlot, Numbers, percent } from '../ui/plot';

/** How many loops ever came how far: taken from what each measure was counted over. */
export function Funnel({ cell }: { cell: Cell }) {
  const raised = cell.counts.raised ?? 0;
  const answered = cell.rates.delivered?.of ?? cell.times.answer?.n ?? 0;
  const confirmed = cell.counts.confirmed ?? 0;
  const rows = [
    { name: 'Raised', n: raised },
    ...(cell.times.routing ? [{ name: 'Routed to a team', n: cell.times.routing.n }] : []),
    { name: 'Acknowledged by a person', n: cell.times.acknowledgement?.n ?? 0 },
    { name: 'Answered', n: answered },
    { name: 'Answer delivered', n: cell.rates.delivered?.n ?? 0 },
    { name: 'Confirmed: "yes, settled"', n: confirmed },
  ];
  const of = (n: number) => (raised > 0 ? n / raised : null);
  return (
    <BarPlot
      title="How far loops came"
      summary={`Of ${raised.toLocaleString('en-US')} loops, ${percent(of(answered))} were answered and ${percent(of(confirmed))} were confirmed as settled by the person who spoke.`}
      legend={{ filled: 'came this far', hatched: 'not yet, or never' }}
      max={raised}
      bars={rows.map(({ name, n }) => ({
        name,
        filled: n,
        hatched: Math.max(0, raised - n),
        says: `${n.toLocaleString('en-US')} (${percent(of(n))})`,
      }))}
      table={
        <Numbers
          caption="How far loops came"
          head={['Step', 'Loops', 'Share']}
          rows={rows.map(({ name, n }) => [name, n, percent(of(n))])}
        />
      }
    />
  );
}

const now: { state: LoopState; name: string; closed?: true }[] = [
  { state: 'raised', name: 'Raised, no team yet' },
  { state: 'routed', name: 'Routed' },
  { state: 'acknowledged', name: 'Acknowledged' },
  { state: 'answered', name: 'Answered, on its way' },
  { state: 'delivered', name: 'Delivered, asked' },
  { state: 'promised', name: 'Promised' },
  { state: 'disputed', name: 'Disputed, open again' },
  { state: 'confirmed', name: 'Confirmed', closed: true },
  { state: 'unconfirmed', name: 'Unconfirmed', closed: true },
  { state: 'unsettled', name: 'Unsettled', closed: true },
  { state: 'withdrawn', name: 'Withdrawn', closed: true },
];

/** In which state the loops are now; `raised` counts all of them, so those still there are what is left. */
export function StatesNow({ cell }: { cell: Cell }) {
  const raised = cell.counts.raised ?? 0;
  const elsewhere = (Object.keys(loopStates) as LoopState[]).reduce(
    (sum, state) => sum + (state === 'raised' ? 0 : (cell.counts[state] ?? 0)),
    0,
  );
  const rows = now.map(({ state, name, closed }) => ({
    name,
    closed,
    n: state === 'raised' ? Math.max(0, raised - elsewhere) : (cell.counts[state] ?? 0),
  }));
  const shown = rows.filter((row) => row.n > 0);
  return (
    <BarPlot
      title="Where loops are now"
      summary={`${(cell.counts.open ?? 0).toLocaleString('en-US')} loops are open and ${(cell.counts.closed ?? 0).toLocaleString('en-US')} are closed. States without a loop are only in the table.`}
      legend={{ filled: 'closed', hatched: 'someone still owes something' }}
      max={Math.max(1, ...rows.map((row) => row.n))}
      bars={shown.map(({ name, n, closed }) => ({
        name,
        filled: closed ? n : 0,
        hatched: closed ? 0 : n,
        says: `${n.toLocaleString('en-US')} (${percent(raised > 0 ? n / raised : null)})`,
      }))}
      table={
        <Numbers
          caption="Where loops are now"
          head={['State', 'Loops', 'Open or closed']}
          rows={rows.map(({ name, n, closed }) => [name, n, closed ? 'closed' : 'open'])}
        />
      }
    />
  );
}
