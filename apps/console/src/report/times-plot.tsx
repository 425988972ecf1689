import type { Cell, Times } from '../api/reporting';
import { duration } from '../ui/time';
import { BarPlot, Numbers } from '../ui/plot';

/** Acknowledgement, first response and answer: median, and within what time nine of ten came. */
export function TimesPlot({ times }: { times: Cell['times'] }) {
  const rows = [
    { name: 'Routed to a team', times: times.routing },
    { name: 'Acknowledgement', times: times.acknowledgement },
    { name: 'First response', times: times.firstResponse },
    { name: 'Answer', times: times.answer },
    { name: 'Still open, so far', times: times.age },
  ].map(({ name, times }) => ({ name, ...(times ?? none) }));
  const answer = times.answer ?? none;
  return (
    <BarPlot
      title="How long people waited"
      summary={
        answer.n > 0
          ? `Half of the answers came within ${duration(answer.median)}, nine of ten within ${duration(answer.p90)}.`
          : 'No loop was answered in this time.'
      }
      legend={{ filled: 'half came within (median)', hatched: 'nine of ten came within (P90)' }}
      max={Math.max(1, ...rows.map((row) => row.p90 ?? 0))}
      bars={rows.map((row) => ({
        name: row.name,
        filled: row.median ?? 0,
        hatched: Math.max(0, (row.p90 ?? 0) - (row.median ?? 0)),
        says: row.n > 0 ? `${duration(row.median)} · ${duration(row.p90)}` : 'none yet',
      }))}
      table={
        <Numbers
          caption="Times from raised"
          head={['From raised to', 'n', 'Median', 'P90']}
          rows={rows.map((row) => [row.name, row.n, duration(row.median), duration(row.p90)])}
        />
      }
    />
  );
}

const none: Times = { n: 0, median: null, p90: null };
