import type { District, Instance } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { holderOf } from '../suite/lease-holder.js';
import { Load, asking } from '../suite/load.js';
import { imported } from '../suite/origins.js';
import type { Ask } from '../suite/patient.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause } from '../suite/stage.js';

/** The leases whose holders are killed: those of the clocks and couriers. */
const jobs = { casework: 'wake/cases', intake: 'wake/inputs' } as const;
/** Where only who holds such a lease comes. */
const points = ['before delivery attempt', 'after delivery attempt', 'after delivery'] as const;
/** Whoever dies leaves its lease to nobody for longer than this, in ms. */
const leaseIsSureMs = 6_000;

const twice = ['casework', 'intake', 'reporting', 'student-voice', 'family-council'] as const;
/** Old enough that both targets of a team are missed. */
const longAgo = (): string => new Date(Date.now() - 60 * 24 * 3_600_000).toISOString();

interface Mail {
  messageId: string;
  to: string;
  subject: string;
  text: string;
}

export const scenario: Scenario = {
  name: 'leases',
  promise:
    'two instances of each service: sweeps and clocks do nothing twice with effect, though instances that hold leases are killed',
  counts: { quick: 0, faults: 60, soak: 2_000 },
  run: ({ count, seed, tell }) =>
    onDistrict(async (district) => {
      const extras: Instance[] = [];
      for (const name of twice) extras.push(await district.another(name));
      const addresses = (service: string): string[] =>
        extras.filter(({ name }) => name === service).map(({ url }) => url);
      const load = new Load(district, seed, { walkers: 6, crowd: 2, addresses });
      const ask = asking(district);
      load.start();
      const first = await misses(load, ask, Math.ceil(count / 2), 'calm');
      await told(ask, load, first);
      await mailed(district, ask, load, first);
      const calm = await mailsById(district);
      const doubled = [...calm.values()].find((mails) => mails.length > 1);
      if (doubled) throw new Error(`a mail went out twice, and nobody died: ${doubled[0]!.subject}`);
      tell(
        `${first.length} inputs missed both targets with two instances of each: ${calm.size} mails, each once`,
      );
      const choice = chance(seed).of('leases');
      const names = choice.shuffled(['casework', 'intake'] as const);
      let kills = 0;
      const second = await misses(load, ask, Math.floor(count / 2), 'killed', async (n) => {
        if (n % 10 !== 5) return;
        const name = names[kills % names.length]!;
        kills += 1;
        tell(`kill ${kills}: ${await killHolder(district, extras, name, choice)}`);
      });
      await told(ask, load, second);
      await mailed(district, ask, load, second);
      await load.rest();
      const all = await mailsById(district);
      const twins = differentIds([...all.values()].map(([one]) => one!));
      if (twins) throw new Error(`two Message-IDs of one mail: ${twins.subject}, ${twins.text}`);
      await holds(district, load, { reconciled: true, tell });
      const repeated = [...all.values()].reduce((sum, mails) => sum + mails.length - 1, 0);
      return {
        ...{ missedTargets: 2 * count, mails: all.size, holdersKilled: kills, repeatedAfterKills: repeated },
        ...load.figures(),
      };
    }),
};

/**
 * Both instances are told to die where only the holder comes; the other's order is void before the lease can be its.
 * @returns who died where. @throws when the lease does not pass on: then another held it, or nobody takes it over.
 */
async function killHolder(
  district: District,
  extras: Instance[],
  name: keyof typeof jobs,
  choice: Chance,
): Promise<string> {
  const job = jobs[name];
  const place = extras.findIndex((one) => one.name === name);
  const point = choice.pick(points);
  for (const until = Date.now() + 90_000; ;) {
    const deaths = [district.running(name), extras[place]!].map(async (instance) => {
      await instance.endAt(point, 'SIGKILL', leaseIsSureMs);
      return { instance, holder: await holderOf(district, name, job) };
    });
    const [death] = (await Promise.allSettled(deaths)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    if (death) {
      await passesOn(district, name, job, death.holder);
      const isExtra = death.instance === extras[place];
      if (isExtra) extras[place] = await district.another(name);
      return `${isExtra ? 'the second' : 'the first'} ${name}, holder of ${job}, died ${point}`;
    }
    if (Date.now() > until) throw new Error(`no ${name} came to '${point}' within 90 s`);
  }
}

async function passesOn(
  district: District,
  service: string,
  job: string,
  from: string | undefined,
): Promise<void> {
  // Who died may have left nothing that is due before a minute has passed, and nobody asks for the lease without.
  for (const until = Date.now() + 90_000; ;) {
    if ((await holderOf(district, service, job)) !== from) return;
    if (Date.now() > until)
      throw new Error(`90 s after an instance of ${service} died, ${job} is held by whom it was held by`);
    await pause(200);
  }
}

/** People whose targets are missed the moment they are routed. @returns their ids. */
async function misses(
  load: Load,
  ask: Ask,
  count: number,
  name: string,
  beside: (n: number) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const originator = await imported(ask, load.tokens, `${name} ${n} of long ago`, longAgo());
    load.remember(`${name} ${n}`, originator);
    ids.push(originator.inputId);
    await beside(n);
  }
  return ids;
}

/** Each of them missed both targets, each once; a second time would show within the clocks' next rounds. */
async function told(ask: Ask, load: Load, ids: readonly string[]): Promise<void> {
  const auth = await load.tokens('leader');
  const missed = async (id: string): Promise<string[]> => {
    const { body, status } = await ask<{ hops: { event: string; detail?: string }[] }>(
      'GET',
      `/api/reporting/loops/${id}`,
      { auth },
      [404],
    );
    if (status === 404) return [];
    return body.hops
      .filter(({ event }) => event === 'target.missed')
      .map(({ detail }) => detail?.split(',')[0] ?? '');
  };
  for (const until = Date.now() + 90_000; ;) {
    const counts = await Promise.all(ids.map(missed));
    if (counts.every((steps) => steps.length >= 2)) break;
    if (Date.now() > until) throw new Error('not every missed target was told within 90 s');
    await pause(500);
  }
  await pause(4_000);
  for (const id of ids) {
    const steps = (await missed(id)).sort().join(', ');
    if (steps !== 'acknowledge, answer') throw new Error(`${id}: missed ${steps}`);
  }
}

/** Each missed target is told to a team by mail: at the least, and after a kill half a minute later, as the same mail. */
async function mailed(district: District, ask: Ask, load: Load, ids: readonly string[]): Promise<void> {
  // That of the topic in the demo district, which has an address.
  const auth = await load.tokens('member', 'transport');
  const cases = await Promise.all(
    ids.map(async (id) => {
      const path = `/api/casework/cases?inputId=${id}`;
      const { body } = await ask<{ items: { caseId: string }[] }>('GET', path, { auth });
      return body.items[0]!.caseId;
    }),
  );
  const wanted = cases.flatMap((caseId) => ['acknowledge', 'answer'].map((step) => ({ caseId, step })));
  for (const until = Date.now() + 90_000; ;) {
    const mails = [...(await mailsById(district)).values()].map(([one]) => one!);
    const missed = mails.filter(({ subject }) => subject.startsWith('Missed'));
    const untold = wanted.filter(
      ({ caseId, step }) =>
        !missed.some(({ text }) => text.includes(`/cases/${caseId}`) && text.includes(`Due: ${step} by`)),
    );
    if (untold.length === 0) return;
    if (Date.now() > until) {
      const [{ caseId, step }] = untold as [(typeof untold)[number]];
      throw new Error(
        `${untold.length} missed targets were mailed to nobody, as '${step}' of case ${caseId}`,
      );
    }
    await pause(500);
  }
}

/** All mails by their Message-ID: those of one id are one mail, told again. */
async function mailsById(district: District): Promise<Map<string, Mail[]>> {
  const response = await fetch(`${district.mailbox}/api/mails`);
  const { items } = (await response.json()) as { items: Mail[] };
  return Map.groupBy(items, ({ messageId }) => messageId);
}

/** A team hears of a new input, and of a missed target, once: the same words under two ids are told twice. */
function differentIds(mails: readonly Mail[]): Mail | undefined {
  const once = mails.filter(({ subject }) => /^(New input|Missed)/.test(subject));
  const alike = Map.groupBy(once, ({ to, subject, text }) => `${to} ${subject} ${text}`);
  return [...alike.values()].find((same) => same.length > 1)?.[0];
}
