import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Feed } from '../feed/feed.js';
import { GivenFetch, rowsOf } from './fetch.given.js';
import { sent, student } from './ods.given.js';

const given = new GivenFetch();
beforeEach(() => given.begin());
afterEach(() => given.end());

describe('pages', () => {
  const many = (count: number): object[] => Array.from({ length: count }, (_, i) => student(`S${i}`));
  const studentsOf = async (feed: Feed): Promise<string[]> =>
    (await rowsOf(feed, 'users')).map((row) => row['sourcedId']!).filter((id) => id.startsWith('student:'));

  it.each([1, 2, 3, 4, 9, 10, 11])('give every one of %i rows once', async (count) => {
    given.ods.data['students'] = many(count);
    const ids = await studentsOf(await given.fetched({ pageSize: 4 }));
    expect(ids).toEqual(many(count).map((_, i) => `student:S${i}`));
  });

  it('go on where they broke off, and give what one go would have given', async () => {
    given.ods.data['students'] = many(10);
    given.misbehaves('students', (response) => sent(response, 200, 'no JSON'), 1, 6);
    expect(await given.refusal({ pageSize: 4 })).toBe(
      'students, page 3: the answer is not JSON: check baseUrl',
    );
    given.ods.calls.length = 0;
    expect(await studentsOf(await given.fetched({ pageSize: 4 }))).toHaveLength(10);
    expect(given.offsetsOf('students')).toEqual([6]);
    expect(given.offsetsOf('studentSchoolAssociations')).toEqual([]);
  });

  it('that were all passed on are not asked for again', async () => {
    const first = await given.fetched();
    given.ods.calls.length = 0;
    const second = await given.fetched();
    expect(given.ods.calls).toEqual([]);
    expect(second.ignored).toEqual(first.ignored);
    expect(await rowsOf(second, 'roles')).toEqual(await rowsOf(first, 'roles'));
  });

  it('go on at the row where passing them on broke off', async () => {
    given.ods.data['students'] = many(1_500);
    const stop = new AbortController();
    const told = ({ file, rows }: { file: string; rows: number }): void => {
      if (file === 'users' && rows === 1_000) stop.abort(new Error('the machine stops'));
    };
    given.ods.data['contacts'] = Array.from({ length: 1_500 }, (_, i) => ({ contactUniqueId: `C${i}` }));
    expect(await given.refusal({}, { signal: stop.signal, told })).toBe('the machine stops');
    expect((await given.spool()).progress('users')).toEqual({
      rows: 1_000,
      next: '1000',
      done: false,
    });
    const ids = (await rowsOf(await given.fetched(), 'users')).map((row) => row['sourcedId']);
    expect(ids).toHaveLength(3_004);
    expect(new Set(ids).size).toBe(3_004);
  });

  it('of other settings are not mixed with those that are there', async () => {
    given.misbehaves('schools', (response) => sent(response, 403, {}));
    await given.refusal();
    expect(await given.refusal({ schoolYear: 2026 })).toContain('pages of other Ed-Fi settings');
  });

  it('that are half full are refused, with resource and page', async () => {
    given.ods.data['students'] = many(10);
    given.misbehaves(
      'students',
      (response) => {
        response.setHeader('Total-Count', 10);
        sent(response, 200, many(10).slice(3, 5));
      },
      1,
      3,
    );
    expect(await given.refusal({ pageSize: 4 })).toBe('students, page 2: 2 rows came, and 4 of 10 were owed');
  });

  it('that come again instead of the next are refused', async () => {
    given.ods.data['students'] = many(10);
    given.misbehaves('students', (response) => {
      response.setHeader('Total-Count', 10);
      sent(response, 200, many(4));
    });
    expect(await given.refusal({ pageSize: 4 })).toBe(
      'students, page 2: it does not go on where the page before it ended, each time it was read',
    );
  });

  it('whose total is another each time are refused', async () => {
    given.ods.data['students'] = many(10);
    let total = 10;
    given.ods.misbehave = (call, response) => {
      if (call.resource !== 'students') return false;
      response.setHeader('Total-Count', (total += 1));
      sent(response, 200, many(20).slice(call.offset, call.offset + call.limit));
      return true;
    };
    expect(await given.refusal({ pageSize: 4 })).toMatch(
      /^students, page 2: the API says \d+ rows, and said \d+ before, each time it was read$/,
    );
  });

  it('are read anew when one row goes and another comes in between: nobody is lost', async () => {
    given.ods.data['students'] = many(10);
    let moved = false;
    given.ods.misbehave = ({ resource, offset }) => {
      if (resource !== 'students' || offset < 3 || moved) return false;
      moved = true;
      given.ods.data['students'] = [...many(10).slice(1), student('new')];
      return false;
    };
    const ids = await studentsOf(await given.fetched({ pageSize: 4 }));
    expect(ids).toEqual([
      ...many(10)
        .map((_, i) => `student:S${i}`)
        .slice(1),
      'student:new',
    ]);
  });

  it('without a total are refused', async () => {
    given.misbehaves('students', (response) => sent(response, 200, given.ods.data['students']));
    expect(await given.refusal()).toBe('students, page 1: the answer has no Total-Count');
  });

  it('of another resource are refused', async () => {
    given.ods.data['students'] = given.ods.data['contacts']!;
    expect(await given.refusal()).toBe('students, page 1: a row has no studentUniqueId');
  });

  it('that are no list are refused', async () => {
    given.misbehaves('schools', (response) => {
      response.setHeader('Total-Count', 1);
      sent(response, 200, { schoolId: 1 });
    });
    expect(await given.refusal()).toBe('schools, page 1: the answer is not a list of rows');
  });

  it.each(['students', 'schools', 'studentSchoolAssociations'])(
    'of no %s at all are no roster',
    async (resource) => {
      given.ods.data[resource] = [];
      expect(await given.refusal()).toContain(`${resource}, page 1: the API gives no row`);
    },
  );

  it('of no enrolment in the wanted year are no roster', async () =>
    expect(await given.refusal({ schoolYear: 2031 })).toBe(
      'studentSchoolAssociations: none is of school year 2031: check schoolYear',
    ));

  it('that the client may not read are named, with what to check', async () => {
    given.misbehaves('students', (response) => sent(response, 403, {}));
    expect(await given.refusal()).toBe(
      'students, page 1: this client may not read it (403): check its claim set',
    );
  });

  it('that the API does not have are named, when nothing stands in for them', async () => {
    delete given.ods.data['studentContactAssociations'];
    expect(await given.refusal()).toBe(
      'studentParentAssociations, page 1: there is no such thing (404): check baseUrl',
    );
  });

  it('that are longer than anyone needs are not read to their end', async () => {
    given.misbehaves('students', (response) => {
      response.setHeader('Total-Count', 3);
      response.write('[');
      const more = (): void => {
        if (response.destroyed) return;
        response.write(' '.repeat(2 ** 20), () => setImmediate(more));
      };
      more();
    });
    expect(await given.refusal()).toMatch(/^students, page 1: the answer is larger than 32 MB/);
  });
});
