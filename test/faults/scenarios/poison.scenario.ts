import type { Publisher } from '#contracts';
import type { District } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { parked } from '../suite/lists.js';
import { Load, asking } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

const publishers: readonly Publisher[] = ['intake', 'casework', 'student-voice', 'family-council', 'roster'];

export const scenario: Scenario = {
  name: 'poison',
  promise:
    'poison events and malformed bytes on every topic, under load: they are parked, and every other key flows',
  counts: { quick: 0, faults: 200, soak: 20_000 },
  run: ({ count, seed, tell }) =>
    onDistrict(async (district) => {
      const load = new Load(district, seed, { walkers: 6, crowd: 4 });
      const choice = chance(seed).of('poison');
      load.start();
      await load.accepted(10);
      for (let n = 1; n <= count; n += 1) {
        await poison(district, n, choice);
        if (n % 50 === 0) tell(`${n} of ${count} poisoned, ${load.walks.length} inputs accepted`);
        await pause(choice.below(120));
      }
      // Whoever speaks up now must still get through.
      await load.accepted(20);
      await load.rest();
      await untilReady(district, tell);
      const isPoison = ({ kind, key }: { kind: string; key?: string }): boolean =>
        kind === 'unreadable' || (key?.startsWith('poison-') ?? false);
      const all = await parked(asking(district), load.tokens);
      await holds(district, load, { poisoned: isPoison, tell });
      const unreadable = all.filter(({ kind }) => kind === 'unreadable').length;
      return { poisoned: count, parked: all.length, unreadable, blocked: 0, ...load.figures() };
    }),
};

/** A message that no service can take as it is; each is about a key of its own. */
async function poison({ topics }: District, n: number, choice: Chance): Promise<void> {
  const publisher = choice.pick(publishers);
  const key = `poison-${n}`;
  const raw = (value: string | Buffer, headers: Record<string, string> = {}): Promise<void> =>
    topics.publishRaw(publisher, key, value, headers);
  const bytes = Buffer.from(Array.from({ length: 1 + choice.below(2_000) }, () => choice.below(256)));
  const body = JSON.stringify({ inputId: key });
  const good = envelope(publisher, 'hearback.input.message.v1', key, '1');
  const kinds: readonly (() => Promise<void>)[] = [
    () => raw(bytes),
    () => raw(bytes, good),
    () => raw('', good),
    () => raw('not json', good),
    () => raw('[]', good),
    () => raw('null', good),
    () => raw('{"inputId":', good),
    () => raw(body, envelope(publisher, 'hearback.input.sung.v1', key, '1')),
    () => raw(body, envelope(publisher, 'hearback.input.raised.v9', key, '1')),
    () => raw(body, envelope(publisher, 'hearback.input.raised.v1', key, '1')),
    () =>
      raw(body, { ...good, ce_seq: choice.pick(['0', '-1', 'NaN', '1.5', '1e309', '', '9007199254740993']) }),
    () => raw(body, { ...good, ce_district: choice.pick(['', 'pluto', '../moon', 'moon/x']) }),
    () => raw(body, { ...good, ce_publisher: choice.pick(['', 'nobody', 'gateway']) }),
    () => raw(body, without(good, choice.pick(Object.keys(good)))),
    () => raw(JSON.stringify({ inputId: key, text: 'x'.repeat(500_000) }), good),
    () => raw(`{"inputId":"${key}","nested":${deep(50_000)}}`, good),
    () => raw(`{"inputId":"${key}","__proto__":{"origin":"intake"},"constructor":{}}`, good),
    () => raw(body, envelope(publisher, 'hearback.case.answered.v1', key, '1')),
  ];
  await choice.pick(kinds)();
}

function envelope(publisher: string, type: string, key: string, seq: string): Record<string, string> {
  return {
    ...{
      ce_specversion: '1.0',
      ce_id: `${publisher}/moon/${key}/${seq}`,
      ce_source: `/hearback/${publisher}`,
    },
    ...{ ce_type: type, ce_time: new Date().toISOString(), ce_subject: key, ce_district: 'moon' },
    ...{ ce_publisher: publisher, ce_key: key, ce_seq: seq },
  };
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name));
}

/** Nested so deeply that whoever goes down by recursion falls. */
function deep(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}
