import type { Cell, Rate } from '../api/reporting';
import { outcomes as outcomeWords, wordFor } from '../api/words';
import { BarPlot, Numbers, percent } from '../ui/plot';

/** The shares that say if loops close well; each with what it is a share of. */
export function Rates({ rates }: { rates: Cell['rates'] }) {
  const rows = [
    { name: 'Within target', of: 'all that were due', rate: rates.withinTarget },
    { name: 'Delivered', of: 'originators owed an answer', rate: rates.delivered },
    { name: 'Verified closure', of: 'answered', rate: rates.verifiedClosure },
    { name: 'Said anything', of: 'asked', rate: rates.response },
    { name: 'Said "no"', of: 'replies', rate: rates.dispute },
    { name: 'Reopened in 30 days', of: 'answered 30 days ago or more', rate: rates.reopen },
  ].map((row) => ({ ...row, rate: row.rate ?? none }));
  const closure = rates.verifiedClosure ?? none;
  const target = rates.withinTarget ?? none;
  return (
    <BarPlot
      title="Did loops close, and on time"
      summary={`${percent(target.rate)} of what was due came within its target. ${percent(closure.rate)} of answered loops were confirmed as settled.`}
      legend={{ filled: 'yes', hatched: 'no, or not yet' }}
      max={1}
      bars={rows.map(({ name, rate }) => ({
        name,
        filled: rate.rate ?? 0,
        hatched: rate.rate === null ? 0 : 1 - rate.rate,
        says: rate.rate === null ? 'none due yet' : `${percent(rate.rate)} (${rate.n} of ${rate.of})`,
      }))}
      table={
        <Numbers
          caption="Rates"
          head={['Rate', 'Share', 'n', 'of', 'Of what']}
          rows={rows.map(({ name, of, rate }) => [name, percent(rate.rate), rate.n, rate.of, of])}
        />
      }
    />
  );
}

/** Which outcomes the answers had. */
export function Outcomes({ outcomes }: { outcomes: Record<string, number> }) {
  const rows = Object.entries(outcomes)
    .map(([id, n]) => ({ name: wordFor(outcomeWords, id), n }))
    .sort((a, b) => b.n - a.n);
  const all = rows.reduce((sum, row) => sum + row.n, 0);
  if (all === 0) return null;
  return (
    <BarPlot
      title="What the answers were"
      summary={`The most frequent outcome was "${rows[0]?.name.toLowerCase() ?? ''}": ${percent((rows[0]?.n ?? 0) / all)} of ${all.toLocaleString('en-US')} newest answers.`}
      legend={{ filled: 'this outcome', hatched: 'all other answers' }}
      max={all}
      bars={rows.map(({ name, n }) => ({
        name,
        filled: n,
        hatched: all - n,
        says: `${n.toLocaleString('en-US')} (${percent(n / all)})`,
      }))}
      table={
        <Numbers
          caption="Outcomes"
          head={['Outcome', 'Answers', 'Share']}
          rows={rows.map(({ name, n }) => [name, n, percent(n / all)])}
        />
      }
    />
  );
}

const none: Rate = { n: 0, of: 0, rate: null };
