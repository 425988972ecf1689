import type { Origin } from '#contracts';
import type { District, Exit } from '#testing';
import { asking } from './load.js';
import type { Load } from './load.js';
import type { Ask } from './patient.js';
import { known, parked } from './lists.js';
import type { KnownInput, ParkedItem } from './lists.js';
import { checkWalk } from './one-input.js';
import { checkReport } from './recount.js';

export interface Expected {
  /** Whether somebody poisoned this on purpose. */
  poisoned?: (parked: ParkedItem) => boolean;
  /** Whether a process may have ended so, by itself. */
  mayEnd?: (exit: Exit) => boolean;
  /** Waits until the reconciliation speaks of every input: it looks at what is thirty seconds old. */
  reconciled?: boolean;
  /** What else must hold of what the scenario did. @returns what is broken, a line each. */
  also?: () => Promise<string[]>;
  tell?: (line: string) => void;
}

const restMs = 90_000;
const originNames: readonly Origin[] = ['intake', 'student-voice', 'family-council'];

/**
 * What must hold once all is at rest, over the public API: see docs/faults.md. A failure names the input, the service
 * and what was broken, each violation on a line.
 * @throws Error with all of them.
 */
export async function holds(district: District, load: Load, expected: Expected = {}): Promise<void> {
  const { tell = () => undefined } = expected;
  const ask = asking(district);
  tell(`at rest with ${load.walks.length} inputs? …`);
  const ledger = await atRest(ask, load);
  const broken: string[] = [];
  await inParallel(load.walks, 12, async (walk) => {
    broken.push(...(await checkWalk(district, ask, load.tokens, walk)));
  });
  broken.push(...(await checkReport(ask, load, ledger)));
  const { poisoned = () => false, mayEnd = () => false } = expected;
  for (const exit of district.exits)
    if (!exit.wanted && !mayEnd(exit))
      broken.push(
        `${exit.name} (${exit.pid}) ended by itself at ${exit.at.toISOString()}: ${exit.signal ?? `exit ${exit.code}`}`,
      );
  for (const one of await parked(ask, load.tokens))
    if (!poisoned(one))
      broken.push(
        `${one.service}: ${one.type ?? 'bytes'} of ${one.key ?? '?'} is parked (${one.kind}): ${one.reason}`,
      );
  broken.push(...((await expected.also?.()) ?? []));
  broken.push(...(await reconciled(ask, load, expected.reconciled ?? false)));
  if (broken.length > 0) {
    const more = broken.length > 12 ? `\n… and ${broken.length - 12} more` : '';
    throw new Error(`${broken.length} broken:\n${broken.slice(0, 12).join('\n')}${more}`);
  }
}

/** Until origins, casework and the ledger know the same inputs in the same states, and nothing waits for its roll-up. */
async function atRest(ask: Ask, load: Load): Promise<Map<string, KnownInput>> {
  const until = Date.now() + restMs;
  for (;;) {
    const [casework, ledger, ...accepted] = await Promise.all([
      known(ask, load.tokens, 'casework'),
      known(ask, load.tokens, 'reporting'),
      ...originNames.map((origin) => known(ask, load.tokens, origin)),
    ]);
    const raised = new Map(accepted.flatMap((one) => [...one]));
    const { body } = await ask<{ dirty: number }>('GET', '/api/reporting/ops/counts', {
      auth: await load.tokens('it'),
    });
    const differing = differences(raised, casework, ledger);
    for (const { originator } of load.walks)
      if (!raised.has(originator.inputId))
        differing.push(`${originator.inputId}: accepted with 201, and ${originator.origin} has lost it`);
    if (differing.length === 0 && body.dirty === 0) return ledger;
    if (Date.now() > until) {
      const waiting = body.dirty > 0 ? [`reporting: ${body.dirty} rows wait for their roll-up`] : [];
      const all = [...differing, ...waiting];
      throw new Error(
        `not at rest after ${restMs / 1000} s, ${all.length} differ:\n${all.slice(0, 12).join('\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function differences(
  raised: Map<string, KnownInput>,
  casework: Map<string, KnownInput>,
  ledger: Map<string, KnownInput>,
): string[] {
  const ids = new Set([...raised.keys(), ...casework.keys(), ...ledger.keys()]);
  return [...ids].flatMap((id) => {
    const states = [raised, casework, ledger].map((where) => where.get(id)?.state ?? 'unknown');
    if (new Set(states).size === 1) return [];
    return [`${id}: ${states[0]} at its origin, ${states[1]} in casework, ${states[2]} in the ledger`];
  });
}

async function reconciled(ask: Ask, load: Load, whole: boolean): Promise<string[]> {
  const auth = await load.tokens('it');
  for (const until = Date.now() + 60_000; ;) {
    const { body } = await ask<{ accepted: number; inFlight: number; differences: object[]; holds: boolean }>(
      'GET',
      '/api/ops/reconciliation',
      { auth },
    );
    if (!body.holds) return [`reconciliation: ${JSON.stringify(body.differences.slice(0, 5))}`];
    if (!whole || (body.accepted >= load.walks.length && body.inFlight === 0)) return [];
    if (Date.now() > until) return [`reconciliation: ${JSON.stringify(body)}, not ${load.walks.length}`];
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function inParallel<T>(
  all: readonly T[],
  width: number,
  act: (one: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < all.length) await act(all[next++]!);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
