import type { Publisher } from '#contracts';
import type { District } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { known, parked } from '../suite/lists.js';
import type { ParkedItem } from '../suite/lists.js';
import { Load, asking } from '../suite/load.js';
import { noRequests, onePoison } from '../suite/poisons.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

/** Who reads the topic of whom. */
const readers: Record<Publisher, readonly string[]> = {
  intake: ['casework', 'reporting'],
  'student-voice': ['casework', 'reporting'],
  'family-council': ['casework', 'reporting'],
  casework: ['intake', 'student-voice', 'family-council', 'reporting'],
  roster: ['intake', 'student-voice', 'family-council', 'casework', 'reporting'],
};
const publishers = Object.keys(readers) as Publisher[];

/** An input that is not routed by then, to its originator and to the ledger, was blocked by the poison before it, in ms. */
const blockedAfterMs = 20_000;
/** How long the last poison may take until it is parked, in ms. */
const parkedWithinMs = 60_000;

export const scenario: Scenario = {
  name: 'poison',
  promise:
    'poison events and malformed bytes on every topic, under load: they are parked, and every other key flows',
  counts: { quick: 0, faults: 200, soak: 20_000 },
  round: 1_000,
  run: ({ count, seed, tell }) =>
    onDistrict(async (district) => {
      const load = new Load(district, seed, { walkers: 6, crowd: 4 });
      const choice = chance(seed).of('poison');
      const expected = new Tally();
      load.start();
      const flow = new Flow(district, load);
      await load.accepted(10);
      for (let n = 1; n <= count; n += 1) {
        for (const label of await poison(district, n, choice)) expected.add(label);
        if (n % 10 === 0) await district.topics.request(choice.pick(noRequests));
        if (n % 50 === 0) tell(`${n} of ${count} poisoned, ${load.walks.length} inputs accepted`);
        flow.check();
        await pause(choice.below(120));
      }
      // Whoever speaks up now must still get through.
      await load.accepted(20);
      flow.check();
      await load.rest();
      const routedMaxMs = await flow.end();
      await untilReady(district, tell);
      const all = await allParked(district, load, expected);
      tell(`${all.length} parked, each where it was expected`);
      const raised = await discarded(district, load, all);
      await holds(district, load, { poisoned: ({ id }) => raised.has(id), reconciled: true, tell });
      const unreadable = all.filter(({ kind }) => kind === 'unreadable').length;
      const figures = { parked: all.length, unreadable, discarded: all.length - raised.size };
      return { poisoned: count, ...figures, blocked: flow.blocked, routedMaxMs, ...load.figures() };
    }),
};

/** How long each input takes from accepted until it is routed, to its originator and to the ledger. */
class Flow {
  private readonly acceptedAt = new Map<string, number>();
  private readonly late = new Set<string>();
  private longestMs = 0;
  private ended = false;
  private readonly looking: Promise<void>;

  constructor(
    district: District,
    private readonly load: Load,
  ) {
    this.looking = this.look(district);
    // Told by `end`.
    this.looking.catch(() => undefined);
  }

  get blocked(): number {
    return this.late.size;
  }

  /** @throws Error as soon as one is blocked. */
  check(): void {
    if (this.blocked === 0) return;
    const some = [...this.late].slice(0, 5).join(', ');
    throw new Error(`${this.blocked} inputs not routed within ${blockedAfterMs / 1000} s of poison: ${some}`);
  }

  /** Until all have come through, or one is blocked. @returns the longest that one took, in ms. */
  async end(): Promise<number> {
    this.ended = true;
    await this.looking;
    this.check();
    return this.longestMs;
  }

  private async look(district: District): Promise<void> {
    const ask = asking(district);
    const { walks, tokens } = this.load;
    const through = new Set<string>();
    while (!this.ended || (through.size < walks.length && this.blocked === 0)) {
      // Before the lists are read: what they show is not older.
      const now = Date.now();
      for (const { originator } of walks)
        if (!this.acceptedAt.has(originator.inputId)) this.acceptedAt.set(originator.inputId, now);
      const [ledger, ...atOrigins] = await Promise.all(
        ['reporting', 'intake', 'student-voice', 'family-council'].map((name) => known(ask, tokens, name)),
      );
      const own = new Map(atOrigins.flatMap((one) => [...one]));
      for (const [id, at] of this.acceptedAt) {
        if (through.has(id)) continue;
        const isRouted = [ledger, own].every((one) => (one!.get(id)?.state ?? 'raised') !== 'raised');
        if (isRouted) through.add(id);
        else if (now - at > blockedAfterMs) this.late.add(id);
        this.longestMs = Math.max(this.longestMs, now - at);
      }
      await pause(250);
    }
  }
}

/** How often each label was given. */
class Tally extends Map<string, number> {
  add(label: string): this {
    return this.set(label, (this.get(label) ?? 0) + 1);
  }
}

/** Until exactly that is parked which was made, where it was expected. @throws Error that names what is not. */
async function allParked(district: District, load: Load, expected: Tally): Promise<ParkedItem[]> {
  const ask = asking(district);
  for (const until = Date.now() + parkedWithinMs; ; await pause(500)) {
    const all = await parked(ask, load.tokens);
    const found = new Tally();
    for (const one of all) found.add(labelOf(one));
    const wrong = [...new Set([...expected.keys(), ...found.keys()])].filter(
      (label) => expected.get(label) !== found.get(label),
    );
    if (wrong.length === 0) return all;
    if (Date.now() < until) continue;
    const lines = wrong.map(
      (label) => `${label}: ${found.get(label) ?? 0} parked, ${expected.get(label) ?? 0} made`,
    );
    throw new Error(`${wrong.length} not parked as they were made:\n${lines.slice(0, 12).join('\n')}`);
  }
}

/** Where an item is parked and what it is; bytes, which have no key, by the topic and the reason. */
function labelOf({ service, kind, id, type, key, reason }: ParkedItem): string {
  if (kind !== 'unreadable') return `${service}: ${type} of ${key} (${kind})`;
  const [, topic] = Buffer.from(id, 'base64url').toString().split('/');
  return unreadableAt(service, topic!.slice(topic!.indexOf('.') + 1), reason);
}

function unreadableAt(service: string, topic: string, reason: string): string {
  return `${service}: bytes on the topic of ${topic}, ${reason}`;
}

/**
 * Discards all of it, as IT would. An input.raised stays: it may not be discarded, because a person would go unheard.
 * @returns the ids of those.
 */
async function discarded(district: District, load: Load, all: ParkedItem[]): Promise<Set<string>> {
  const ask = asking(district);
  const auth = await load.tokens('it');
  const body = { why: 'A fault scenario made it.' };
  const raised = new Set<string>();
  await Promise.all(
    [...Map.groupBy(all, ({ service }) => service)].map(async ([service, items]) => {
      for (const { id, type } of items) {
        const path = `/api/ops/parked/${service}/${id}/discard`;
        const { status } = await ask('POST', path, { auth, body }, type === 'input.raised' ? [409] : []);
        if (status === 409) raised.add(id);
      }
    }),
  );
  const left = (await parked(ask, load.tokens)).length;
  const wanted = all.filter(({ type }) => type === 'input.raised').length;
  if (left !== wanted) throw new Error(`${left} are parked after discarding, not the ${wanted} input.raised`);
  return raised;
}

/** @returns what will be parked of it. */
async function poison({ topics }: District, n: number, choice: Chance): Promise<string[]> {
  const publisher = choice.pick(publishers);
  const key = `poison-${n}`;
  const { value, headers = {}, unreadable, failsAt } = onePoison(publisher, key, choice);
  await topics.publishRaw(publisher, key, value, headers);
  if (unreadable) return readers[publisher].map((service) => unreadableAt(service, publisher, unreadable));
  const type = headers['ce_type']!.replace(/^hearback\.|\.v\d+$/g, '');
  const parkers = readers[publisher].filter((service) => failsAt?.includes(service));
  return parkers.map((service) => `${service}: ${type} of ${key} (failed)`);
}
