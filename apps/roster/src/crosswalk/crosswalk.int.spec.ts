import { EJSON } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trustedDistrict } from '#platform';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { basePackage, district, io, phobos } from '../conformance/base-package.given.js';
import type { Cells } from '../conformance/base-package.given.js';
import { set } from '../conformance/changes.given.js';
import type { Change } from '../conformance/changes.given.js';
import { sent } from '../conformance/roster.given.js';
import { asIt, rosterService } from '../imports/roster-service.given.js';
import type { RosterService } from '../imports/roster-service.given.js';
import { Crosswalk } from './crosswalk.js';
import { CrosswalkStore } from './crosswalk.store.js';
import type { CrosswalkItem, CrosswalkPreview } from './crosswalk-preview.js';

let stack: Stack;
let roster: RosterService;
beforeAll(async () => {
  stack = await realStack();
  roster = await rosterService(stack);
}, 120_000);
afterAll(() => stack?.close(), 60_000);

const lay = (rows: readonly string[], query = '') =>
  roster.post<CrosswalkPreview & { detail?: string; errors?: { field: string; rule: string }[] }>(
    `sources/files/crosswalk${query}`,
    { 'ids.csv': ['file,oldSourcedId,newSourcedId', ...rows].join('\n') },
  );
const orgs = async (): Promise<string[]> =>
  (await roster.call<{ items: { orgId: string }[] }>('GET', '/api/roster/orgs')).body.items
    .map(({ orgId }) => orgId)
    .sort();
const events = async (): Promise<number> =>
  (await stack.db('roster').collection('orgs').find().toArray()).flatMap((one) => one['events'] as unknown[])
    .length;

/** Every file with ids, and the columns in which the package names them. */
const named: Record<string, string[]> = {
  orgs: ['sourcedId', 'parentSourcedId'],
  academicSessions: ['sourcedId', 'parentSourcedId', 'schoolYearSourcedId', 'termSourcedIds'],
  courses: ['sourcedId', 'courseSourcedId'],
  classes: ['sourcedId', 'classSourcedId'],
  users: ['sourcedId', 'userSourcedId', 'agentSourcedIds'],
  roles: ['sourcedId'],
  enrollments: ['sourcedId'],
};
const files = Object.keys(named);
/** As another system would call the same. */
const renamed = (system: string, file: string, id: string): string => `${system}.${file.slice(0, 2)}.${id}`;
const kindOf: Record<string, string> = { parentSourcedId: '', schoolSourcedId: 'orgs', orgSourcedId: 'orgs' };
for (const [file, columns] of Object.entries(named))
  for (const column of columns) if (!(column in kindOf) && column !== 'sourcedId') kindOf[column] = file;

/** A file of the good package in the ids of another system. */
const of =
  (system: string, file: string, change: Change = (table) => table): Change =>
  (table, good) => {
    const kind = (column: string): string =>
      column === 'sourcedId'
        ? file === 'demographics'
          ? 'users'
          : file
        : column === 'parentSourcedId'
          ? file
          : (kindOf[column] ?? '');
    const translate = (row: Cells): Cells =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => {
          const to = kind(column);
          return [
            column,
            to && value
              ? value
                  .split(',')
                  .map((id) => renamed(system, to, id))
                  .join(',')
              : value,
          ];
        }),
      );
    const changed = change(table, good) as { header: string[]; rows: Cells[] };
    return { header: changed.header, rows: changed.rows.map(translate) };
  };
const packageOf = (system: string, changes: Record<string, Change> = {}) =>
  sent(
    '1.2',
    Object.fromEntries([...files, 'demographics'].map((file) => [file, of(system, file, changes[file])])),
  );
const mapping = (from: string | undefined, to: string, only: readonly string[] = files): string[] =>
  only.flatMap((file) =>
    (basePackage('1.2').get(file as never)?.rows ?? []).map(({ sourcedId: id }) => {
      return [file, from ? renamed(from, file, id!) : id!, renamed(to, file, id!)].join(',');
    }),
  );
const unchanged = { added: 0, deleted: 0, missing: 0 };

describe('a crosswalk', () => {
  it('is of a source that there is', async () =>
    expect((await roster.post('sources/nobody/crosswalk', { 'x.csv': 'file\n' })).status).toBe(404));
  it('is only tried at first: it says what it would do, and keeps nothing', async () => {
    await roster.imported(sent('1.2', {}));
    const { status, body } = await lay([
      ...mapping(undefined, 'new', ['orgs']),
      'users,S01,new.us.S01',
      'users,S99,new.us.S99',
    ]);
    expect(status).toBe(200);
    expect(body.applied).toBe(false);
    const preview = (file: string) => body.files.find((one) => one.file === file);
    expect(preview('orgs')).toMatchObject({ mapped: 3, unmapped: 0, unknownOld: { count: 0 } });
    expect(preview('users')).toMatchObject({
      mapped: 1,
      unmapped: 27,
      unknownOld: { count: 1, examples: ['S99'] },
    });
    expect((await roster.call('GET', '/api/roster/sources/files/crosswalk', { as: asIt })).status).toBe(404);
  });
  it('that is not there lets a new system look like another district: held', async () => {
    const report = await roster.imported(packageOf('new'));
    expect(report.state).toBe('held');
    expect(report.holds.map(({ rule }) => rule)).toContain('closed');
  });
  it.each<[string, string[], string[]]>([
    ['without a value', ['users,S01,'], ['line 2: newSourcedId required']],
    ['of a file without ids', ['demographics,S01,x'], ['line 2: file vocabulary']],
    ['with one new id twice', ['users,S01,x', 'users,S02,x'], ['line 3: newSourcedId unique']],
    ['with one old id twice', ['users,S01,x', 'users,S01,y'], ['line 3: oldSourcedId unique']],
    ['with too few columns', ['users,S01'], ['line 2 columns']],
  ])('%s is refused whole, by line and rule', async (_, rows, expected) => {
    const { status, body } = await lay([...rows, 'users,S03,new.us.S03'], '?apply=true');
    expect(status).toBe(422);
    expect(body.errors!.map(({ field, rule }) => `${field} ${rule}`)).toEqual(expected);
    expect((await roster.call('GET', '/api/roster/sources/files/crosswalk', { as: asIt })).status).toBe(404);
  });
  it('cannot give somebody the id of somebody else', async () => {
    const { status, body } = await lay(['users,S01,S02'], '?apply=true');
    expect(status).toBe(409);
    expect(body.detail).toContain('S02 of users is known');
    expect((await lay(['users,S01,S02', 'users,S02,S01'])).status).toBe(200);
  });
  it('lets the same district come out of a new system with nobody new and nobody gone', async () => {
    const before = { orgs: await orgs(), events: await events() };
    expect((await lay(mapping(undefined, 'new'), '?apply=true')).body.applied).toBe(true);
    const { body } = await roster.call<CrosswalkItem>('GET', '/api/roster/sources/files/crosswalk', {
      as: asIt,
    });
    expect(body.rows).toMatchObject({ orgs: 3, users: 28, roles: 28, enrollments: 4 });
    const report = await roster.imported(packageOf('new'));
    expect(report).toMatchObject({
      state: 'applied',
      people: 28,
      changes: { people: { added: 0, changed: 0, gone: 0 } },
    });
    for (const file of report.files) expect(file).toMatchObject({ ...unchanged, quarantined: 0 });
    expect(report.translated).toMatchObject({ orgs: 5, users: 32, roles: 84 });
    expect({ orgs: await orgs(), events: await events() }).toEqual(before);
    expect(before.orgs).toEqual([district, phobos, io].sort());
  });
  it('holds for deltas of the new system', async () => {
    const delta = {
      users: of('new', 'users', (_, good) =>
        set('S01', { enabledUser: 'false' })({ header: good.header, rows: good.rows.slice(4, 5) }, good),
      ),
    };
    const report = await roster.imported(sent('1.2', delta, 'delta'));
    expect(report).toMatchObject({
      state: 'applied',
      changes: { people: { added: 0, changed: 1, disabled: 1 } },
    });
  });
  it('goes on through a second change of system, in the ids of the first', async () => {
    const { body } = await lay(mapping('new', 'newer'), '?apply=true');
    expect(body.files.find(({ file }) => file === 'users')).toMatchObject({
      mapped: 28,
      unmapped: 0,
      unknownOld: { count: 0 },
    });
    const report = await roster.imported(packageOf('newer', { users: set('S01', { enabledUser: 'false' }) }));
    expect(report).toMatchObject({
      state: 'applied',
      changes: { people: { added: 0, changed: 0, gone: 0 } },
    });
    expect(await orgs()).toEqual([district, phobos, io].sort());
  });
  it('may be added to: what was said before stays', async () => {
    await lay(['users,S77,newer.us.S77'], '?apply=true');
    expect(await roster.imported(packageOf('newer'))).toMatchObject({
      state: 'applied',
      changes: { people: { added: 0, gone: 0 } },
    });
  });
  it('that is sent again means the same, and a correction takes the place of what it corrects', async () => {
    const meant = async (rows: readonly string[]) => {
      expect((await lay(rows, '?apply=true')).status).toBe(200);
      const kept = await roster.app.get(CrosswalkStore).lines(trustedDistrict('moon'), 'files');
      return new Crosswalk(kept!);
    };
    for (let time = 0; time < 2; time += 1) {
      const swapped = await meant(['users,S05,S06', 'users,S06,S05']);
      expect([swapped.find('users', 'S05'), swapped.find('users', 'S06')]).toEqual(['S06', 'S05']);
    }
    await meant(['users,S07,wrong']);
    const corrected = await meant(['users,S07,right']);
    expect([corrected.find('users', 'wrong'), corrected.find('users', 'right')]).toEqual([undefined, 'S07']);
  });
  it('does not lie readable in the database', async () => {
    const names = await stack.db('roster').listCollections().toArray();
    for (const { name } of names) {
      const all = await stack.db('roster').collection(name).find().toArray();
      expect([name, /newer?\.us\./.test(EJSON.stringify(all))]).toEqual([name, false]);
    }
  });
  it('that is taken away leaves ids to mean themselves', async () => {
    expect((await roster.call('DELETE', '/api/roster/sources/files/crosswalk', { as: asIt })).status).toBe(
      204,
    );
    expect(await stack.db('roster').collection('crosswalk-parts').countDocuments()).toBe(0);
    expect((await roster.imported(packageOf('newer'))).state).toBe('held');
    expect((await roster.imported(sent('1.2', {}))).state).toBe('applied');
  });
});
