import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { Stack } from '#testing';
import type { PersonLinked } from '#contracts';
import { Runtime, TestTopics } from '#messaging';
import type { RawMessage } from '#messaging';
import { trustedDistrict } from '#platform';
import { district, io, phobos } from '../conformance/base-package.given.js';
import type { Changes } from '../conformance/case.given.js';
import { set } from '../conformance/changes.given.js';
import { sent } from '../conformance/roster.given.js';
import { CurrentGenerations } from '../generations/current.js';
import { GenerationStore } from '../generations/generation.store.js';
import type { ImportReport } from '../imports/import-report.js';
import { asIt, rosterService } from '../imports/roster-service.given.js';
import type { RosterService } from '../imports/roster-service.given.js';
import { personIdOf } from './person-id.js';
import { TellLinks } from './tell-links.js';

const moon = trustedDistrict('moon');

let stack: Stack;
let roster: RosterService;
const topics = new TestTopics();
beforeAll(async () => {
  stack = await realStack();
  roster = await rosterService(stack);
}, 120_000);
afterAll(async () => {
  await topics.close();
  await stack?.close();
}, 60_000);

async function imported(changes: Changes): Promise<ImportReport> {
  const report = await roster.imported(sent('1.2', changes));
  expect(report.state).toBe('applied');
  return report;
}

const told = async (): Promise<RawMessage[]> =>
  (await topics.readAll()).filter(({ topic }) => topic.endsWith('.people'));
const idOf = (sourcedId: string): string => personIdOf(moon, 'files', sourcedId);
/** What was told of a person, as `number: group@organisation …`, oldest first. */
const of = (all: readonly RawMessage[], sourcedId: string): string[] =>
  all
    .filter(({ headers }) => headers['ce_key'] === idOf(sourcedId))
    .map(({ headers, value }) => {
      const { studentAt, staffAt, familyAt, enabled } = JSON.parse(value!) as PersonLinked;
      const where = [
        ...studentAt.map((orgId) => `student@${orgId}`),
        ...staffAt.map((orgId) => `staff@${orgId}`),
        ...familyAt.map((orgId) => `family@${orgId}`),
      ].join(' ');
      return `${headers['ce_seq']}: ${where}${enabled ? '' : ' off'}`;
    });
let first: ImportReport;

describe('the links of people', () => {
  it('are told of everybody once, under ids of our own', async () => {
    first = await imported({});
    const all = await told();
    expect(all).toHaveLength(28);
    expect(new Set(all.map(({ key }) => key)).size).toBe(28);
    expect(all[0]!.headers).toMatchObject({
      ce_type: 'hearback.person.linked.v1',
      ce_publisher: 'roster',
      ce_district: 'moon',
      ce_seq: '1',
    });
    expect(of(all, 'S01')).toEqual([`1: student@${phobos}`]);
    expect(of(all, 'A1')).toEqual([`1: staff@${district}`]);
    expect(all.map(({ key, value }) => `${key} ${value!}`).join('\n')).not.toMatch(
      /\b[STPA]\d+\b|Given|@moon/,
    );
  });
  it('say for whom a guardian speaks, at the schools of these', async () => {
    const all = await told();
    expect(of(all, 'P1')).toEqual([`1: family@${phobos} family@${io}`]);
    const ofGuardian = all.find(({ headers }) => headers['ce_key'] === idOf('P1'))!;
    expect((JSON.parse(ofGuardian.value!) as PersonLinked).speaksFor).toEqual([idOf('S01'), idOf('S21')]);
  });
  it('are told again of those alone whose links have changed', async () => {
    await imported({ users: set('S02', { grades: '01' }) });
    expect(await told()).toHaveLength(28);
    await imported({ users: set('S02', { enabledUser: 'false' }), roles: set('R-S24', { role: 'aide' }) });
    const all = await told();
    expect(all).toHaveLength(30);
    expect(of(all, 'S02')).toEqual([`1: student@${phobos}`, `2: student@${phobos} off`]);
    expect(of(all, 'S24')).toEqual([`1: student@${io}`, `2: staff@${io}`]);
  });
  it('are none of somebody who is gone, and go on counting when the roster is rolled back', async () => {
    await imported({ users: set('S03', { status: 'tobedeleted' }) });
    expect(of(await told(), 'S03')).toEqual([`1: student@${phobos}`, '2:  off']);
    const path = `/api/roster/imports/${first.importId}/roll-back`;
    const { body } = await roster.call<{ importId: string }>('POST', path, {
      as: asIt,
      body: { why: 'a test' },
    });
    expect((await roster.settled(body.importId)).state).toBe('applied');
    const all = await told();
    expect(of(all, 'S03')).toEqual([`1: student@${phobos}`, '2:  off', `3: student@${phobos}`]);
    expect(of(all, 'S24').at(-1)).toBe(`3: student@${io}`);
  });
  it('are the same events with the same numbers when telling broke off and is begun again', async () => {
    const before = await told();
    await imported({ users: set('S04', { enabledUser: 'false' }) });
    const once = await told();
    expect(once.length).toBe(before.length + 1);
    // As it stands when Kafka has them and nobody has noted so.
    const numbers = stack.db('roster').collection('link-numbers');
    const now = await roster.app.get(CurrentGenerations).of(moon);
    const generations = roster.app.get(GenerationStore);
    const generation = (await generations.get(moon, now.generations['files']!))!;
    await numbers.deleteMany({});
    await roster.app
      .get(TellLinks)
      .run(moon, undefined, { ...generation, at: first.receivedAt }, async () => undefined);
    const all = (await told()).slice();
    const again = all.filter(({ headers }) => headers['ce_key'] === idOf('T1'));
    expect(again.map(({ headers }) => headers['ce_id'])).toEqual(
      Array.from({ length: 2 }, () => `roster/moon/${idOf('T1')}/1`),
    );
    // Noted: the same generation is not told once more.
    await roster.app.get(TellLinks).run(moon, undefined, generation, async () => undefined);
    expect((await told()).length).toBe(all.length);
  });
  it('are all sent again, each number with what is true now, for a reader that has none', async () => {
    const before = (await told()).length;
    const { republishAll } = roster.app.get(Runtime, { strict: false });
    await republishAll!.asked('again', 'moon');
    const all = await eventually(async () => {
      const now = await told();
      return now.length >= before + 28 && now;
    }, 'everything again');
    const ofStudent = all.filter(({ headers }) => headers['ce_key'] === idOf('S04')).slice(-1);
    expect(JSON.parse(ofStudent[0]!.value!)).toMatchObject({ enabled: false });
  });
});
