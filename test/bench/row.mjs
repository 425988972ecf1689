// One line of the table: what was measured, against what, and whether that is enough.
import { median } from './load.mjs';

/**
 * A figure beside its limit, both measured in each of the runs; the row shows medians. The bar is on the ratio of the
 * two. `pairs`: [{ ours, limit }].
 */
export function ratioRow({ what, unit, pairs, atLeast, atMost, limitIs, detail }) {
  const ratio = median(pairs.map(({ ours, limit }) => ours / limit));
  return {
    what,
    unit,
    bar: atLeast === undefined ? `≤ ${atMost} × ${limitIs}` : `≥ ${atLeast} × ${limitIs}`,
    limit: median(pairs.map(({ limit }) => limit)),
    ours: median(pairs.map(({ ours }) => ours)),
    ratio,
    met: atLeast === undefined ? ratio <= atMost : ratio >= atLeast,
    runs: pairs,
    ...(detail && { detail }),
  };
}

/** A figure with a bar of its own and nothing beside it. `values`: one of each run. */
export function plainRow({ what, unit, values, atMost, detail }) {
  const ours = median(values);
  return {
    what,
    unit,
    bar: `≤ ${atMost} ${unit}`.trim(),
    ours,
    met: ours <= atMost,
    runs: values.map((ours) => ({ ours })),
    ...(detail && { detail }),
  };
}

/** Progress, beside the table. */
export const say = (line) => process.stderr.write(`  ${line}\n`);
