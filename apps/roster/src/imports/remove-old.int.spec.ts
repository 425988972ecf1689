import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { config, trustedDistrict } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { Digests } from '../generations/digests.js';
import { ImportStore } from './import.store.js';
import { RemoveOld } from './remove-old.js';
import { RunImports } from './run-imports.js';
import { asIt, rosterService } from './roster-service.given.js';
import type { RosterService } from './roster-service.given.js';
import { samplePackage } from './sample-package.given.js';
import type { ImportReceived } from './import.js';
import type { ImportReport } from './import-report.js';

const district = trustedDistrict('moon');
const dayMs = 24 * 3_600_000;

let stack: Stack;
let roster: RosterService;
beforeAll(async () => {
  stack = await realStack();
  roster = await rosterService(stack);
}, 120_000);
afterAll(() => stack?.close(), 60_000);

/** The sample, in which a student has the grade that the number says. */
async function imported(grade: number): Promise<string> {
  const users = samplePackage()['users.csv']!.replace(',KG,', `,${String(grade).padStart(2, '0')},`);
  const report = await roster.imported(samplePackage({ 'users.csv': users }));
  expect(report).toMatchObject({ state: 'applied' });
  return report.importId;
}
const inDays = (days: number): Date => new Date(Date.now() + days * dayMs);
const removed = (daysFromNow: number): Promise<boolean> =>
  roster.app.get(RemoveOld).remove(district, inDays(daysFromNow));
const kept = (name: string): Promise<number> => stack.db('roster').collection(name).countDocuments();
const rolledBack = async (importId: string): Promise<number> => {
  const body = { why: 'a test says so' };
  const path = `/api/roster/imports/${importId}/roll-back`;
  const { status, body: sent } = await roster.call<ImportReport>('POST', path, { as: asIt, body });
  if (status === 202) expect(await roster.settled(sent.importId)).toMatchObject({ state: 'applied' });
  return status;
};

describe('what an import brought', () => {
  it('is kept for as long as the setting says, and then as long as it is among the last ten', async () => {
    const first = await imported(1);
    for (let grade = 2; grade <= 12; grade += 1) await imported(grade);
    const all = await kept('chunks');
    await removed(config().rosterKeepDays - 1);
    expect(await kept('generations')).toBe(12);
    expect(await kept('chunks')).toBe(all);
    expect(await rolledBack(first)).toBe(202);
    await removed(config().rosterKeepDays + 1);
    expect(await kept('generations')).toBe(10);
    expect(await kept('chunks')).toBeLessThan(all);
    // Rolled back, the first one's rows stand in a younger generation: its chunks are named, and stay.
    expect(await rolledBack(first)).toBe(409);
    const orgs = await roster.call<{ items: unknown[] }>('GET', '/api/roster/orgs');
    expect(orgs.body.items.length).toBeGreaterThan(1);
    expect((await roster.imported(samplePackage())).state).toBe('applied');
  }, 180_000);

  it('is looked at once a day, also when no import comes', async () => {
    const daily = roster.app.get(RemoveOld);
    const tooOld = config().rosterKeepDays + 1;
    await daily.look(inDays(tooOld));
    expect(await kept('generations')).toBe(10);
    await imported(4);
    await daily.look(inDays(tooOld + 0.9));
    expect(await kept('generations')).toBe(11);
    await daily.look(inDays(tooOld + 1));
    expect(await kept('generations')).toBe(10);
  }, 60_000);

  it('stays while an import is at work, which may roll back to it', async () => {
    const oldest = await imported(5);
    for (let grade = 6; grade <= 12; grade += 1) await imported(grade);
    for (let grade = 1; grade <= 3; grade += 1) await imported(grade);
    const all = [await kept('generations'), await kept('chunks')];
    const importId = randomUUID();
    const received: ImportReceived = {
      type: 'import.received',
      importId,
      source: 'files',
      oneRoster: '1.1',
      digest: 'a roll-back',
      from: { restores: oldest },
      applyBy: 'limits',
      by: 'ivo',
      ignored: [],
      at: new Date().toISOString(),
    };
    await roster.app.get(ImportStore).create(district, importId, [received]);
    expect(await removed(config().rosterKeepDays + 1)).toBe(false);
    expect([await kept('generations'), await kept('chunks')]).toEqual(all);
    roster.app.get(RunImports).begin(district, importId);
    expect(await roster.settled(importId)).toMatchObject({ state: 'applied' });
    expect(await removed(config().rosterKeepDays + 1)).toBe(true);
    expect(await kept('generations')).toBe(10);
  }, 120_000);

  it('leaves what an import lays down that is applied meanwhile', async () => {
    const chunks = roster.app.get(Chunks);
    const honest = chunks.removeOthers.bind(chunks);
    chunks.removeOthers = async (...all) => {
      const orgs = samplePackage()['orgs.csv']!.replace('Phobos Elementary School', 'Phobos School');
      expect(await roster.imported(samplePackage({ 'orgs.csv': orgs }))).toMatchObject({ state: 'applied' });
      return honest(...all);
    };
    expect(await removed(0)).toBe(true);
    chunks.removeOthers = honest;
    const { body } = await roster.call<{ items: { name: string }[] }>('GET', '/api/roster/orgs');
    expect(body.items.map(({ name }) => name)).toContain('Phobos School');
    expect(await kept('org-lists')).toBe(body.items.length);
  }, 60_000);

  it('goes at once when codes stand with its people and the source keeps them no longer', async () => {
    const settings = async (keptForPeople: boolean) => {
      const path = '/api/roster/sources/files';
      const { headers } = await roster.call('GET', path, { as: asIt });
      const etag = headers.get('etag');
      const { status } = await roster.call('PUT', path, {
        as: asIt,
        ...(etag && { headers: { 'if-match': etag } }),
        body: { name: 'By hand', kind: 'upload', groups: { keptForPeople } },
      });
      expect([200, 201]).toContain(status);
    };
    await settings(true);
    const withCodes = await imported(3);
    await settings(false);
    await imported(3);
    await removed(0);
    expect(await rolledBack(withCodes)).toBe(409);
  }, 60_000);

  it('is not taken for old when an import that is at work writes the same again', async () => {
    const chunks = roster.app.get(Chunks);
    const [digest, nothing] = ['AAAAAAAAAAAAAAAAAAAAAAAA', new Digests()];
    await chunks.put(district, digest, 'a row');
    await pause(20);
    const later = new Date().toISOString();
    await chunks.put(district, digest, 'a row');
    await chunks.removeOthers(district, nothing, later);
    expect(await chunks.get(district, digest)).toBe('a row');
    await chunks.removeOthers(district, nothing, new Date(Date.now() + 1_000).toISOString());
    await expect(chunks.get(district, digest)).rejects.toThrow(/is missing/);
  });
});
