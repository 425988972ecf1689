import type { CrashPoint } from '#messaging';
import type { District, Instance } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { holderOf } from '../suite/lease-holder.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause } from '../suite/stage.js';

const victims = ['casework', 'intake', 'reporting', 'student-voice', 'family-council'] as const;
type Name = (typeof victims)[number];

/** Where standing still is worst: something is half done, and others go on with it. */
const consuming = ['before effect write', 'after effect write', 'before offset commit'] as const;
const writing = [
  ...(['before command write', 'after command write'] as const),
  ...(['before publish', 'after publish', 'before mark'] as const),
];

/** Who stands still, and where. */
interface Stand {
  name: Name;
  point: CrashPoint;
  /** The lease that it holds there: it is the older instance then, because the one that comes late gets none. */
  job?: string;
  /** Somebody leaves unpublished events behind for it, or takes over what it was about to do and dies in the middle. */
  beside?: 'leaves events' | 'tries and dies';
}

/** Where somebody else comes to the same lease soon: after an attempt of intake's nothing need be due for a minute. */
const holding: readonly Stand[] = [
  {
    ...{ name: 'casework', point: 'before delivery attempt', job: 'wake/cases' },
    beside: 'tries and dies',
  },
  { name: 'intake', point: 'before sweep', job: 'sweep', beside: 'leaves events' },
  { name: 'casework', point: 'after delivery attempt', job: 'wake/cases' },
  { name: 'intake', point: 'before delivery attempt', job: 'wake/inputs' },
];

/** How long a service may take to come to a point; Kafka and another instance to do without it, in ms. */
const comesWithinMs = 20_000;
const overtakenWithinMs = 30_000;

export const scenario: Scenario = {
  name: 'zombie',
  promise:
    'an instance stands still until others have its partitions and the lease that it holds, and then goes on',
  counts: { quick: 1, faults: 10, soak: 300 },
  run: ({ length, count, seed, tell }) =>
    onDistrict(
      async (district) => {
        const extras = new Map<string, Instance[]>();
        const addresses = (service: string): string[] => (extras.get(service) ?? []).map(({ url }) => url);
        // Some stay away for a while, so that it is the sweep that finds what their command left behind.
        const load = new Load(district, seed, { walkers: 6, crowd: 4, addresses, crowdStaysAwayMs: 15_000 });
        const choice = chance(seed).of('zombies');
        const pids = new Set<number>();
        const latecomers = { tried: 0, halted: 0 };
        const holders = { tried: 0, halted: 0 };
        load.start();
        for (let zombie = 1; zombie <= count; zombie += 1) {
          // In turn, so that each lease is lost in a run.
          const stand = zombie % 2 === 0 ? holding[(zombie / 2 - 1) % holding.length]! : anywhere(choice);
          const { name, point, job } = stand;
          const { pid, came } = await one(district, extras, stand, choice);
          pids.add(pid);
          const kind = job ? holders : latecomers;
          kind.tried += 1;
          kind.halted += came ? 1 : 0;
          const what = job ? `${name}, holder of ${job},` : name;
          tell(`zombie ${zombie} of ${count}: ${what} stood still ${came ? point : 'somewhere'}`);
        }
        await load.rest();
        await holds(district, load, {
          ...{ reconciled: length !== 'quick', tell },
          mayEnd: ({ pid, code }) => code === 70 && pids.has(pid),
        });
        // What a zombie, or who died beside it, left half done is done by somebody once its time has come.
        const owed = () => owedMails(district);
        await until(owed, ({ size }) => size === 0, 'mails to teams are still owed', 90_000);
        for (const [kind, { tried, halted }] of Object.entries({ latecomers, holders }))
          if (count >= 4 && halted * 2 < tried)
            throw new Error(`of ${tried} ${kind} only ${halted} stood still where they were to`);
        const haltedAtPoint = latecomers.halted + holders.halted;
        return { zombies: count, haltedAtPoint, leasesLost: holders.halted, ...load.figures() };
      },
      { HEARBACK_SESSION_MS: '6000' },
    ),
};

function anywhere(choice: Chance): Stand {
  const name = choice.pick(victims);
  const points =
    name === 'reporting' ? [...consuming, 'before roll-up write' as const] : [...consuming, ...writing];
  return { name, point: choice.pick(points) };
}

/** The older instance of a service and one beside it, and how Kafka knows them. */
interface Pair {
  extra: Instance;
  older: string;
  younger: string;
  partitions: number;
}

async function pair(district: District, name: Name): Promise<Pair> {
  const members = () => district.topics.members(name);
  const haveSome = (now: Members): boolean => [...now.values()].every((partitions) => partitions > 0);
  const isAlone = (now: Members): boolean => now.size === 1 && haveSome(now);
  const alone = await until(members, isAlone, `${name} is not alone in its group`);
  const [older] = [...alone.keys()] as [string];
  const extra = await district.another(name);
  const isSecond = (now: Members): boolean => now.size === 2 && now.has(older) && haveSome(now);
  const both = await until(members, isSecond, `a second ${name} is not in its group`);
  const [younger] = [...both.keys()].filter((id) => id !== older) as [string];
  return { extra, older, younger, partitions: sum(alone) };
}

/** @returns which process it was, and whether it stood still at its point. */
async function one(
  district: District,
  extras: Map<string, Instance[]>,
  stand: Stand,
  choice: Chance,
): Promise<{ pid: number; came: boolean }> {
  const { name, point, job, beside } = stand;
  const { extra, older, younger, partitions } = await pair(district, name);
  extras.set(name, [extra]);
  const [victim, id] = job ? [district.running(name), older] : [extra, younger];
  await pause(500 + choice.below(1_000));
  const leaves = beside === 'leaves events' ? await district.another(name) : undefined;
  if (leaves) extras.set(name, [extra, leaves]);
  const [halted] = await Promise.allSettled([
    victim.endAt(point, 'SIGSTOP', comesWithinMs),
    leaves?.endAt('before publish', 'SIGKILL', comesWithinMs),
  ]);
  leaves?.signal('SIGKILL');
  extras.set(name, [extra]);
  const came = halted.status === 'fulfilled';
  // Its partitions may be quiet; it stands still all the same.
  if (!came) victim.signal('SIGSTOP');
  // Only who is still in its group can be expelled; on a slow machine it may have come again under another id.
  const wasIn = (await district.topics.members(name)).has(id);
  // Who comes to such a point holds the lease.
  const holder = job && came ? await holderOf(district, name, job) : undefined;
  const owed = beside === 'tries and dies' ? await owedMails(district) : undefined;
  if (owed) {
    await extra.endAt('after delivery attempt', 'SIGKILL', overtakenWithinMs);
    extras.delete(name);
  }
  await overtaken(district, stand, id, holder, owed ? undefined : partitions);
  const tried = owed && (await triedSince(district, owed));
  if (!tried) await pause(2_000 + choice.below(2_000));
  victim.signal('SIGCONT');
  await pause(tried ? 5_000 : 3_000);
  if (tried) await stillOwed(district, tried);
  extras.delete(name);
  const { code } = await extra.stop();
  if (!owed && code !== 0 && code !== 70) throw new Error(`the second ${name} ended with ${code}`);
  return { pid: victim.pid, came: came && wasIn && tried?.size !== 0 };
}

type Members = ReadonlyMap<string, number>;
const sum = (members: Members): number => [...members.values()].reduce((total, n) => total + n, 0);

/** Until the one that stands still is a zombie: out of its group, its lease another's, its partitions too if somebody lives. */
async function overtaken(
  district: District,
  { name, job }: Stand,
  id: string,
  holder: string | undefined,
  partitions: number | undefined,
): Promise<void> {
  const members = () => district.topics.members(name);
  const isOut = (now: Members): boolean => !now.has(id);
  await until(members, isOut, `the group of ${name} still counts the one that stands still`);
  if (job && holder) {
    const isAnothers = (now: string | undefined): boolean => now !== holder;
    const lease = () => holderOf(district, name, job);
    await until(lease, isAnothers, `${job} of ${name} is still held by the one that stands still`);
  }
  if (partitions === undefined) return;
  const areTaken = (now: Members): boolean => isOut(now) && sum(now) === partitions;
  await until(members, areTaken, `nobody has taken the partitions of the ${name} that stands still`);
}

/** A mail that a team is owed, as its case keeps it. */
interface Owed {
  what: string;
  tries: number;
  nextTryAt: string;
}

/** By case and what they are about. Of the database: the instances that could be asked stand still or are dead. */
async function owedMails(district: District): Promise<Map<string, Owed>> {
  const cases = await district
    .db('casework')
    .collection('cases')
    .find({ 'state.mails.0': { $exists: true } })
    .project<{ id: string; state: { mails: Owed[] } }>({ id: 1, 'state.mails': 1 })
    .toArray();
  return new Map(
    cases.flatMap(({ id, state }) =>
      state.mails.map((mail): [string, Owed] => [`${id}, ${mail.what}`, mail]),
    ),
  );
}

/** Those of `before` that somebody else has tried since, and that are owed still. */
async function triedSince(district: District, before: ReadonlyMap<string, Owed>): Promise<Map<string, Owed>> {
  const now = await owedMails(district);
  return new Map([...now].filter(([key, { tries }]) => tries > (before.get(key)?.tries ?? tries)));
}

/**
 * Who died had recorded an attempt, and the next one is due half a minute later. The one that stood still was about to
 * make the same attempt: going on, it must see that it is not its any more, and neither record nor make another.
 */
async function stillOwed(district: District, tried: ReadonlyMap<string, Owed>): Promise<void> {
  const now = await owedMails(district);
  for (const [key, { tries, nextTryAt }] of tried) {
    if (nextTryAt < new Date().toISOString()) continue;
    const is = now.get(key);
    if (is?.tries === tries) continue;
    const became = is ? `it was tried ${is.tries} times` : 'it was sent';
    throw new Error(
      `mail to a team (${key}): tried ${tries} times and due at ${nextTryAt}; before that ${became}`,
    );
  }
}

async function until<T>(
  look: () => Promise<T>,
  isSo: (now: T) => boolean,
  otherwise: string,
  ms = overtakenWithinMs,
): Promise<T> {
  for (const late = Date.now() + ms; ;) {
    const now = await look();
    if (isSo(now)) return now;
    if (Date.now() > late) throw new Error(`${otherwise} after ${ms / 1_000} s`);
    await pause(250);
  }
}
