import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import type { EnrolmentCounted } from '#contracts';
import { basePackage, csvOf, district, io, phobos } from '../conformance/base-package.given.js';
import { sent } from '../conformance/roster.given.js';
import { asIt, rosterService } from '../imports/roster-service.given.js';
import type { RosterService } from '../imports/roster-service.given.js';
import type { DenominatorList } from './show-denominators.js';

let stack: Stack;
let roster: RosterService;
beforeAll(async () => {
  stack = await realStack();
  roster = await rosterService(stack);
}, 120_000);
afterAll(() => stack?.close(), 60_000);

interface Refused {
  detail?: string;
  errors?: { field: string; rule: string; message: string }[];
}

const upload = (...rows: string[]) =>
  roster.post<Refused & { rows?: number }>('group-counts', {
    'groups.csv': ['organisation,group,count,date', ...rows].join('\n'),
  });

/** What was published of an organisation's people, oldest first. */
async function counted(orgId: string): Promise<EnrolmentCounted[]> {
  const orgs = await stack.db('roster').collection('orgs').find().toArray();
  return orgs
    .flatMap((one) => one['events'] as { type: string; key: string; data: EnrolmentCounted }[])
    .filter(({ type, key }) => type === 'enrolment.counted' && key === orgId)
    .map(({ data }) => data);
}
const groupsOf = async (orgId: string): Promise<string[]> =>
  (await counted(orgId))
    .at(-1)!
    .byGroup?.map(({ group, students, from }) => `${group} ${students} ${from}`) ?? [];

const settings = {
  name: 'By hand',
  kind: 'upload',
  groups: {
    demographics: false,
    groups: [{ group: 'english-learner', column: 'metadata.ell', values: ['Y'] }],
    language: { column: 'metadata.home', languages: { Spanish: 'es' } },
  },
};
const withColumns = (): string => {
  const { header, rows } = basePackage('1.2').get('users')!;
  return csvOf({
    header: [...header, 'metadata.ell', 'metadata.home'],
    rows: rows.map((row) => ({
      ...row,
      ...(row['sourcedId']! < 'S06' &&
        row['sourcedId']! >= 'S01' && { 'metadata.ell': 'Y', 'metadata.home': 'Spanish' }),
    })),
  });
};

describe('counts by group', () => {
  it('are refused before anybody was counted, by the number of the line', async () => {
    const { status, body } = await upload(`${phobos},asian,3,2026-10-01`);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ field: 'line 2: organisation', rule: 'reference' }]);
  });
  it('come from the columns of the source, and its settings read as they were written', async () => {
    const put = await roster.call('PUT', '/api/roster/sources/files', { as: asIt, body: settings });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ groups: { ...settings.groups, keptForPeople: false } });
    const done = await roster.imported({ ...sent('1.2', {}), 'users.csv': withColumns() });
    expect(done).toMatchObject({
      state: 'applied',
      groupsCounted: { groups: ['english-learner'], languages: true },
    });
    const [last] = (await counted(district)).slice(-1);
    expect(last).toMatchObject({
      students: 24,
      byGroup: [{ group: 'english-learner', students: 5, from: 'roster' }],
      byLanguage: [{ language: 'es', students: 5, from: 'roster' }],
    });
  });
  it.each([
    ['a column that says who somebody is', { groups: [{ group: 'asian', column: 'familyName' }] }],
    ['a birth date', { groups: [{ group: 'asian', file: 'demographics', column: 'birthDate' }] }],
    ['a language that is none', { language: { column: 'metadata.h', languages: { Spanish: 'Spanish?' } } }],
  ])('are never read from %s', async (_, groups) => {
    const body = { ...settings, groups };
    const { status } = await roster.call('PUT', '/api/roster/sources/other', { as: asIt, body });
    expect(status).toBe(422);
  });
  it('may be told by the district, and stand beside those of the roster', async () => {
    const { status, body } = await upload(
      `${district},low-income,9,2026-10-01`,
      `${phobos},low-income,7,2026-10-01`,
      `${phobos},language:ar,2,2026-10-01`,
    );
    expect({ status, body }).toEqual({ status: 200, body: { rows: 3, organisations: 2 } });
    expect(await groupsOf(phobos)).toEqual(['english-learner 5 roster', 'low-income 7 upload']);
    expect((await counted(phobos)).at(-1)!.byLanguage?.map(({ language }) => language)).toEqual(['ar', 'es']);
    expect(await groupsOf(io)).toEqual(['english-learner 0 roster']);
  });
  it('are news once: the same file again, or an older number, changes nothing', async () => {
    const before = (await counted(phobos)).length;
    expect((await upload(`${phobos},low-income,7,2026-10-01`)).status).toBe(200);
    expect((await upload(`${phobos},low-income,3,2025-10-01`)).status).toBe(200);
    expect((await counted(phobos)).length).toBe(before);
    await upload(`${phobos},low-income,8,2026-11-01`);
    expect(await groupsOf(phobos)).toContain('low-income 8 upload');
  });
  it('stay when the roster is counted again', async () => {
    await roster.imported({
      ...sent('1.2', { enrollments: ({ header, rows }) => ({ header, rows: rows.slice(1) }) }),
      'users.csv': withColumns().replace('S20,,,', 'S20,tobedeleted,,'),
    });
    expect((await counted(district)).at(-1)).toMatchObject({ students: 23 });
    expect(await groupsOf(district)).toEqual(['english-learner 5 roster', 'low-income 9 upload']);
  });
  it('with one bad row are refused whole, each bad row by its line, column and rule', async () => {
    const before = (await counted(io)).length;
    const { status, body } = await upload(
      `${io},low-income,4,2026-10-01`,
      `${io},tall,4,2026-10-01`,
      `${io},asian,-4,2026-10-01`,
      `${io},asian,4,10/01/2026`,
      `${io},asian,4,2999-10-01`,
      'nowhere,asian,4,2026-10-01',
      `${io},low-income,5,2026-10-01`,
      `${io},asian`,
    );
    expect(status).toBe(422);
    expect(body.errors!.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      ...['line 3: group vocabulary', 'line 4: count number', 'line 5: date date', 'line 6: date date'],
      ...['line 7: organisation reference', 'line 8: group unique', 'line 9 columns'],
    ]);
    expect((await counted(io)).length).toBe(before);
  });
  it('that are all wrong are all counted, and the first hundred named', async () => {
    const { status, body } = await upload(...Array.from({ length: 250 }, () => `${io},tall,4,2026-10-01`));
    expect(status).toBe(422);
    expect(body.errors).toHaveLength(100);
    expect(body.detail).toMatch(/^250 rows break a rule, of which the first 100 are named\./);
  });
  it('longer than is taken are refused with what is', async () => {
    const { status, body } = await upload(`${io},asian,4,2026-10-01\n`.repeat(420_000));
    expect({ status, detail: body.detail }).toEqual({ status: 413, detail: 'At most 10 MB' });
  });
  it('that are no such file are refused by its name', async () => {
    const { status, body } = await roster.post<Refused>('group-counts', { 'x.csv': 'school,n\nIo,4\n' });
    expect({ status, detail: body.detail }).toEqual({
      status: 422,
      detail: 'x.csv lacks the required column organisation',
    });
  });
  it('tell where there is a denominator and where there is none, without a number', async () => {
    const { body } = await roster.call<DenominatorList>('GET', '/api/roster/denominators', { as: asIt });
    const there = body.items.find(({ orgId }) => orgId === io)!;
    expect(there.known).toMatchObject([
      { group: 'english-learner', from: 'roster' },
      { group: 'languages', from: 'roster' },
    ]);
    expect(there.without).toContain('low-income');
    expect(JSON.stringify(body)).not.toMatch(/students|count/);
  });
});
