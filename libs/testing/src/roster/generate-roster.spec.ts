import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { generateRoster } from './generate-roster.js';
import type { RosterCounts } from './generate-roster.js';

type Row = Record<string, string>;
let home: string;
let counts: RosterCounts;
const rows = async (file: string, of = 'one'): Promise<Row[]> =>
  parse(await readFile(join(home, of, `${file}.csv`)), { columns: true }) as unknown as Row[];
const idsOf = async (file: string): Promise<Set<string>> =>
  new Set((await rows(file)).map((row) => row['sourcedId']!));

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'generated-'));
  counts = generateRoster(join(home, 'one'), { seed: 7, people: 3_000, version: '1.2' });
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('a generated district', () => {
  it('is the same, byte for byte, for the same seed, and another for another', async () => {
    generateRoster(join(home, 'again'), { seed: 7, people: 3_000, version: '1.2' });
    generateRoster(join(home, 'other'), { seed: 8, people: 3_000, version: '1.2' });
    for (const name of await readdir(join(home, 'one')))
      expect(await readFile(join(home, 'again', name))).toEqual(await readFile(join(home, 'one', name)));
    expect(await readFile(join(home, 'other', 'users.csv'))).not.toEqual(
      await readFile(join(home, 'one', 'users.csv')),
    );
  });
  it('has as many rows as it says, and three enrolments for each of its people', async () => {
    for (const [file, count] of Object.entries(counts)) expect(await rows(file)).toHaveLength(count);
    expect(counts['users']).toBe(3_000);
    expect(counts['enrollments']! / counts['users']!).toBeCloseTo(3, 0);
  });
  it.each([
    ['users', 'sourcedId', 'users'],
    ['roles', 'userSourcedId', 'users'],
    ['roles', 'orgSourcedId', 'orgs'],
    ['classes', 'courseSourcedId', 'courses'],
    ['enrollments', 'classSourcedId', 'classes'],
    ['enrollments', 'userSourcedId', 'users'],
    ['demographics', 'sourcedId', 'users'],
  ])('has in %s.%s only ids of %s', async (file, column, to) => {
    const there = await idsOf(to);
    for (const row of await rows(file)) expect(there).toContain(row[column]);
  });
  it('links students and guardians from both sides', async () => {
    const users = new Map((await rows('users')).map((row) => [row['sourcedId']!, row]));
    let links = 0;
    for (const [id, row] of users) {
      for (const agent of (row['agentSourcedIds'] ?? '').split(',').filter(Boolean)) {
        expect(users.get(agent)!['agentSourcedIds']!.split(',')).toContain(id);
        links += 1;
      }
    }
    expect(links).toBeGreaterThan(2_000);
  });
});
