import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { District } from '#testing';
import { expectStatus } from './acts.js';

/** Real petitions, service requests and rosters lie beside the repository, where they are; nothing of them is in it. */
const data = join(process.cwd(), '..', 'shared', 'data');
const isThere = existsSync(join(data, 'petitions.jsonl'));
if (!isThere)
  console.log(`Real text is skipped: there is no ${join('..', 'shared', 'data')} beside this folder.`);

const atOnce = 16;
const orgs = ['00417', '00417-012', '00417-033', '00417-051'];
const topics = ['transport', 'meals', 'safety', 'learning', 'facilities', 'belonging', 'other'];

interface Said {
  text: string;
  details?: string;
  createdAt: string;
}

const lines = (file: string): Said[] =>
  readFileSync(join(data, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);

/** Whole texts, in the order of the files, over all organisations and topics. */
function inputs(): object[] {
  const petitions = lines('petitions.jsonl').map((said) => ({
    said,
    kind: 'idea',
    role: 'community-member',
  }));
  const requests = lines('311.jsonl').map((said) => ({ said, kind: 'concern', role: 'family' }));
  return [...petitions, ...requests].map(({ said, kind, role }, i) => ({
    orgId: orgs[i % orgs.length],
    topic: topics[i % topics.length],
    kind,
    role,
    text: [said.text, said.details].filter(Boolean).join('\n\n'),
    language: 'en',
    anonymous: true,
    // The service requests tell New York's time without a zone; it was summer.
    raisedAt: new Date(
      said.createdAt.endsWith('Z') ? said.createdAt : `${said.createdAt}-04:00`,
    ).toISOString(),
  }));
}

(isThere ? describe : describe.skip)('real text', () => {
  let district: District;
  let it_: string;
  beforeAll(async () => {
    district = await startDistrict();
    it_ = await district.token('it');
  }, 150_000);
  afterAll(() => district?.close(), 60_000);

  const counted = async () => {
    const auth = await district.token('leader');
    const { body } = await district.call<{ total: { counts: Record<string, number> } }>(
      'GET',
      '/api/reporting/closed-loop?org=00417&from=2010-01-01&to=2099-01-01',
      { auth },
    );
    return body.total.counts;
  };

  it('every petition and service request is taken with its own time, routed and counted', async () => {
    const auth = await district.token('import');
    const before = await counted();
    const waiting = inputs();
    const count = waiting.length;
    expect(count).toBe(600);
    const refused: unknown[] = [];
    const began = Date.now();
    const work = async (): Promise<void> => {
      for (let body = waiting.shift(); body; body = waiting.shift()) {
        const reply = await district.call('POST', '/api/intake/inputs', { auth, body, key: randomUUID() });
        if (reply.status !== 201) refused.push(reply);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const taken = Date.now() - began;
    expect(refused).toEqual([]);
    const states = await eventually(
      async () => {
        const all = await walk(district, 'casework', it_);
        return all.length === count && all;
      },
      'all of them at a team',
      60_000,
    );
    const routed = Date.now() - began;
    expect(states.filter(({ state }) => state === 'raised')).toEqual([]);
    await eventually(
      async () => (await walk(district, 'intake', it_)).every(({ state }) => state !== 'raised'),
      'all of them told which team has it',
      60_000,
    );
    const told = Date.now() - began;
    await eventually(
      async () => (await counted())['raised'] === (before['raised'] ?? 0) + count,
      'the report to count them',
      60_000,
    );
    const after = await counted();
    expect(after['raised']).toBe((before['raised'] ?? 0) + count);
    expect(after['closed']).toBe(before['closed']);
    console.log(
      `Real text: ${count} inputs taken in ${taken} ms (${Math.round((count * 1000) / taken)} a second, ` +
        `${atOnce} at once), all routed after ${routed} ms, all told after ${told} ms, all counted after ${Date.now() - began} ms.`,
    );
  }, 180_000);

  interface Expected {
    [folder: string]: Record<string, number>;
  }
  interface Import {
    state: string;
    problem?: string;
    organisations?: number;
    files: { file: string; read: number; accepted: number; quarantined: number; reasons: unknown[] }[];
  }
  const roster = join(data, 'roster');
  const expected = isThere
    ? (JSON.parse(readFileSync(join(roster, 'expected.json'), 'utf8')) as Expected)
    : {};
  const sources = ['planets-1.1-bulk', 'planets-1.1-bulk.zip', 'planets-1.2-bulk', 'planets-1.2-bulk.zip'];

  it.each(sources)(
    'the OneRoster package %s is loaded with the counts that are expected of it',
    async (source) => {
      // Into a district of its own, so that the demo's organisations stay.
      const auth = await district.token('it', { district: 'mars' });
      const path = join(roster, source);
      const files = source.endsWith('.zip') ? [path] : readdirSync(path).map((name) => join(path, name));
      const form = new FormData();
      for (const file of files) form.append('file', new File([readFileSync(file)], basename(file)));
      const began = Date.now();
      const taken = await district.call<{ importId: string }>('POST', '/api/roster/imports', {
        auth,
        form,
        key: randomUUID(),
      });
      const { importId } = expectStatus(taken, 202);
      const report = await eventually(
        async () => {
          const { body } = await district.call<Import>('GET', `/api/roster/imports/${importId}`, { auth });
          return ['applied', 'failed'].includes(body.state) && body;
        },
        'the import',
        60_000,
      );
      expect([report.state, report.problem]).toEqual(['applied', undefined]);
      const wanted = expected[source.replace('.zip', '')]!;
      const seen = Object.fromEntries(report.files.map((one) => [one.file, one.accepted]));
      for (const name of ['orgs', 'users', 'enrollments', ...(wanted['roles'] ? ['roles'] : [])])
        expect({ [name]: seen[name] }).toEqual({ [name]: wanted[name] });
      for (const { file, read, accepted, quarantined } of report.files)
        expect({ file, read, accepted, quarantined }).toEqual({
          file,
          read: wanted[file],
          accepted: wanted[file],
          quarantined: 0,
        });
      expect(report.organisations).toBe(wanted['orgs']);
      const { body } = await district.call<{ items: unknown[] }>('GET', '/api/roster/orgs?limit=200', {
        auth,
      });
      expect(body.items).toHaveLength(wanted['orgs']!);
      console.log(`Real text: ${source} in ${Date.now() - began} ms: ${JSON.stringify(seen)}`);
    },
  );

  it('afterwards accepted = open + closed + parked, to the last input', async () => {
    const settled = await eventually(
      async () => {
        const { body } = await district.call<Record<string, unknown>>('GET', '/api/ops/reconciliation', {
          auth: it_,
        });
        return body['accepted'] === 600 && body['inFlight'] === 0 && body;
      },
      'thirty seconds to pass',
      60_000,
    );
    expect(settled).toMatchObject({
      accepted: 600,
      open: 600,
      closed: 0,
      parked: 0,
      differences: [],
      holds: true,
    });
  }, 70_000);
});

/** Every input that a service knows, with its state. */
async function walk(district: District, service: string, auth: string): Promise<{ state: string }[]> {
  const all: { state: string }[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '1000', ...(next && { after: next }) });
    const { body } = await district.call<{ items: { state: string }[]; next?: string }>(
      'GET',
      `/api/${service}/ops/inputs?${query.toString()}`,
      { auth },
    );
    all.push(...body.items);
    next = body.next;
  } while (next);
  return all;
}
