import type { Cell } from '../api/reporting';
import { BarPlot, Numbers, percent } from './plot';

const steps = [
  ['raised', 'Raised'],
  ['routed', 'Routed to a team'],
  ['acknowledged', 'Acknowledged by a person'],
  ['answered', 'Answered'],
  ['delivered', 'Answer delivered'],
  ['confirmed', 'Confirmed: "yes, settled"'],
] as const;

/** How many loops came how far. */
export function Funnel({ cell }: { cell: Cell }) {
  const raised = cell.counts['raised'] ?? 0;
  const rows = steps.map(([id, name]) => ({ name, n: cell.counts[id] ?? 0 }));
  const of = (n: number) => (raised > 0 ? n / raised : null);
  const answered = cell.counts['answered'] ?? 0;
  const confirmed = cell.counts['confirmed'] ?? 0;
  return (
    <BarPlot
      title="How far loops came"
      summary={`Of ${raised.toLocaleString('en-US')} loops, ${percent(of(answered))} were answered and ${percent(of(confirmed))} were confirmed as settled by the person who spoke.`}
      legend={{ filled: 'came this far', hatched: 'not yet, or never' }}
      max={raised}
      bars={rows.map(({ name, n }) => ({ name, filled: n, hatched: Math.max(0, raised - n), says: `${n.toLocaleString('en-US')} (${percent(of(n))})` }))}
      table={<Numbers caption="How far loops came" head={['Step', 'Loops', 'Share']} rows={rows.map(({ name, n }) => [name, n, percent(of(n))])} />}
    />
  );
}
