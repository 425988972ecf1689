import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { personRow, roleAndOrg } from '../staging/people.js';
import type { Person } from '../staging/people.js';
import { basePackage } from './base-package.given.js';
import { seeded } from './hostile.given.js';
import { faults, mutate } from './mutate.given.js';
import type { Mutation } from './mutate.given.js';
import { Roster, sent } from './roster.given.js';
import type { Outcome } from './roster.given.js';

/** HEARBACK_MUTATIONS=10000 for the long run, HEARBACK_SEED to see a failure again. */
const count = Number(process.env['HEARBACK_MUTATIONS'] ?? 300);
const seed = Number(process.env['HEARBACK_SEED'] ?? 20_261_126);
const good = basePackage('1.2');

let stack: Stack;
let roster: Roster;
let before: Outcome;
beforeAll(async () => {
  stack = await realStack();
  roster = new Roster(stack.db('roster'));
  before = await roster.stage('moon', sent('1.2', {}));
  await roster.apply('moon', before);
}, 120_000);
afterAll(() => stack?.close(), 60_000);

const mutated = ({ file, content }: Mutation): Promise<Outcome> =>
  roster.stage('moon', sent('1.2', { [file]: () => content }));

/** People who are not as they were, beside those of a touched row, their guardians, and who is at a touched organisation. */
function lost({ touched }: Mutation, after: Outcome): string[] {
  const dependsOn = ({ userId, speaksFor, memberships }: Person): string[] => [
    userId,
    ...speaksFor,
    ...memberships.map((one) => roleAndOrg(one)[1]),
  ];
  return [...before.people.values()]
    .filter((person) => touched === 'all' || !dependsOn(person).some((id) => touched.has(id)))
    .filter((person) => {
      const now = after.people.get(person.userId);
      return !now || personRow(now) !== personRow(person);
    })
    .map(({ userId }) => userId);
}

describe('a feed with one fault, over the good one', () => {
  it(
    `loses nobody whom the fault does not touch, or is held (${count} faults, seed ${seed})`,
    async () => {
      const random = seeded(seed);
      const seen = new Set<string>();
      const wrong: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const mutation = mutate(good, random);
        seen.add(mutation.fault);
        const { fault, file, touched } = mutation;
        const after = await mutated(mutation).catch((error: Error) => error);
        // Nothing is staged: that is right for orgs.csv without one organisation, and for nothing else.
        if (after instanceof Error) {
          if (file !== 'orgs' || touched !== 'all') wrong.push(`${i} ${fault} in ${file}: ${after.message}`);
          continue;
        }
        const gone = lost(mutation, after);
        const isHeld = after.found.holds.length > 0;
        if (gone.length > 0 && !(touched === 'all' && isHeld))
          wrong.push(`${i} ${fault} in ${file}: ${gone.join(' ')}`);
      }
      expect(wrong).toEqual([]);
      if (count >= 300) expect([...seen].sort()).toEqual([...faults].sort());
    },
    60_000 + count * 500,
  );
});
