import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, generateRoster, startDistrict } from '#testing';
import type { District } from '#testing';

/**
 * An import that renames every organisation, and switches every account on or off, is applied, and roster is killed at a random moment of it, again and again.
 * Whoever looks sees the old names or the new ones, never some of each; afterwards the roster, its events and a
 * service's copy say the same.
 */
const kills = Number(process.env['HEARBACK_KILLS'] ?? 5);
const seed = Number(process.env['HEARBACK_SEED'] ?? 20261126);

let district: District;
let auth: string;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'roster-apply-'));
  generateRoster(home, { seed: 3, people: 4_000, version: '1.2' });
  district = await startDistrict();
  auth = await district.token('it');
}, 150_000);
afterAll(async () => {
  await district?.close();
  await rm(home, { recursive: true, force: true });
}, 60_000);

async function send(word: string): Promise<string> {
  const form = new FormData();
  for (const name of await readdir(home)) {
    const text = await readFile(join(home, name), 'utf8');
    const enabled = word === 'School' ? 'true' : 'false';
    const said =
      name === 'orgs.csv'
        ? text.replace(/School|Academy/g, word)
        : name === 'users.csv'
          ? text.replace(/^(\w+,,,)(true|false)/gm, `$1${enabled}`)
          : text;
    form.append('file', new Blob([said]), name);
  }
  const path = '/api/roster/imports?apply=hand';
  return eventually(async () => {
    const response = await fetch(`${district.url}${path}`, {
      method: 'POST',
      body: form,
      headers: { authorization: auth },
    });
    return response.status === 202 && ((await response.json()) as { importId: string }).importId;
  }, 'the package to be taken');
}

const stage = async (importId: string): Promise<string | undefined> =>
  (await district.call<{ state?: string }>('GET', `/api/roster/imports/${importId}`, { auth })).body.state;

/** The words by which schools are called, as readers see them; undefined while nobody answers. */
async function words(): Promise<Set<string> | undefined> {
  const { status, body } = await district
    .call<{ items: { name: string }[] }>('GET', `/api/roster/orgs?level=school&limit=200`, { auth })
    .catch(() => ({ status: 0, body: { items: [] } }));
  return status === 200 ? new Set(body.items.map(({ name }) => name.split(' ')[0]!)) : undefined;
}

/** A dead process is known by thirty seconds of silence; this test has no time for that. */
const silence = () =>
  district
    .db('roster')
    .collection('imports')
    .updateMany(
      { 'state.stage': { $in: ['received', 'applying'] } },
      { $set: { 'state.beatAt': '2026-01-01T00:00:00.000Z' } },
    );

it(
  `${kills} kills of roster while it applies, seed ${seed}`,
  async () => {
    let random = seed;
    const next = (end: number): number => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((random / 2 ** 32) * end);
    };
    const mixed: string[] = [];
    let isWatching = true;
    const watch = (async () => {
      while (isWatching) {
        const seen = await words();
        if (seen?.has('School') && seen.has('Academy')) mixed.push([...seen].join(' and '));
        await pause(10);
      }
    })();
    const hit = new Set<string>();
    try {
      for (let kill = 1; kill <= kills; kill += 1) {
        const word = kill % 2 ? 'Academy' : 'School';
        const importId = await send(word);
        await eventually(
          async () => ['previewed', 'held'].includes((await stage(importId)) ?? ''),
          'the preview',
        );
        const path = `/api/roster/imports/${importId}/apply`;
        const said = district.call('POST', path, { auth, body: { why: 'a test' } }).catch(() => undefined);
        await pause(next(160));
        await district.kill('roster');
        await said;
        await eventually(
          async () => {
            const now = await stage(importId).catch(() => undefined);
            if (now) hit.add(now);
            if (now === 'previewed' || now === 'held')
              await district.call('POST', path, { auth, body: { why: 'again' } }).catch(() => undefined);
            else if (now === 'applying') await silence();
            return now === 'applied';
          },
          `import ${kill} to be applied`,
          60_000,
        );
        expect(await eventually(words, 'an answer')).toEqual(new Set([word]));
        await eventually(
          async () => {
            const copies = await district
              .db('casework')
              .collection('organisations')
              .find({ 'state.level': 'school', 'state.active': true })
              .toArray();
            const names = new Set(copies.map((one) => (one['state'] as { name: string }).name.split(' ')[0]));
            return copies.length > 0 && names.size === 1 && names.has(word);
          },
          `casework to call them ${word}`,
          30_000,
        );
      }
    } finally {
      isWatching = false;
      await watch;
    }
    expect(mixed).toEqual([]);
    // At least some kills came before the end: else this test has tried nothing.
    expect([...hit].some((one) => one !== 'applied')).toBe(true);
    const [one] = await district
      .db('roster')
      .collection('orgs')
      .find({ 'state.level': 'school', 'state.active': true })
      .limit(1)
      .toArray();
    const seqs = (one!['events'] as { seq: number }[]).map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(seqs.length);
    // Each person was told of every change, in order; what was sent twice said the same both times.
    const told = (await district.topics.readAll()).filter(({ topic }) => topic.endsWith('.people'));
    const byId = Map.groupBy(told, ({ headers }) => headers['ce_id']!);
    expect([...byId.values()].filter((some) => new Set(some.map(({ value }) => value)).size > 1)).toEqual([]);
    const firsts = [...byId.values()].map((some) => some[0]!);
    const numbers = [...Map.groupBy(firsts, ({ key }) => key).values()].map((some) =>
      some.map(({ headers }) => Number(headers['ce_seq'])).sort((a, b) => a - b),
    );
    // Beside those of the demo, who are gone since.
    expect(numbers.filter((some) => some.length === kills).length).toBeGreaterThanOrEqual(4_000);
    for (const some of numbers) expect(some).toEqual(some.map((_, i) => i + 1));
  },
  60_000 + kills * 40_000,
);
