import { describe, expect, it } from '@jest/globals';
import { rowCheck } from './check-row.js';
import type { Row } from './check-row.js';
import { columnsOf } from './columns.js';

const columns = columnsOf('users', '1.1');
const good: Row = {
  sourcedId: '00070000',
  enabledUser: 'true',
  orgSourcedIds: 's-1,s-2',
  role: 'student',
  username: 'someone',
  givenName: 'Some',
  familyName: 'One',
  grades: 'KG',
};
const knows = (file: string, id: string): boolean | undefined =>
  file === 'orgs' ? ['s-1', 's-2'].includes(id) : undefined;
const slipped: string[] = [];
const check = (change: Row) =>
  rowCheck(columns, knows, (column) => slipped.push(column))({ ...good, ...change }, 7);

describe('a row of a file', () => {
  it('that keeps every rule is taken', () => expect(check({})).toBeUndefined());
  it('with an empty required column is put aside with line, column and rule', () =>
    expect(check({ username: '' })).toMatchObject({ line: 7, column: 'username', rule: 'required' }));
  it('with a word of no vocabulary is put aside, its value shown', () =>
    expect(check({ role: 'wizard' })).toMatchObject({ column: 'role', value: 'wizard', rule: 'vocabulary' }));
  it('with an extension of a vocabulary whose meaning is needed says that it is not known, in 1.2 alone', () => {
    const message = (version: '1.1' | '1.2', type: string): string | undefined =>
      rowCheck(columnsOf('orgs', version), knows, () => undefined)({ sourcedId: 'o', name: 'Annex', type }, 2)
        ?.message;
    expect(message('1.2', 'ext:campus')).toMatch(/^Hearback does not know this extension; type must be/);
    expect(message('1.1', 'ext:campus')).toMatch(/^type must be one of/);
    expect(message('1.2', 'ext: ')).toMatch(/^type must be one of/);
  });
  it('that names an unknown organisation is put aside with that one', () =>
    expect(check({ orgSourcedIds: 's-1,s-9' })).toMatchObject({
      column: 'orgSourcedIds',
      value: 's-9',
      rule: 'reference',
    }));
  it('whose value slips in case is taken, and the column is reported', () => {
    expect(check({ role: 'Student', enabledUser: 'TRUE' })).toBeUndefined();
    expect(slipped).toEqual(expect.arrayContaining(['role', 'enabledUser']));
  });
  it('shows at most eighty characters of a value', () =>
    expect(check({ role: 'x'.repeat(500) })?.value).toHaveLength(80));
  it('with a date that no calendar has is put aside', () =>
    expect(
      rowCheck(
        columnsOf('roles', '1.2'),
        knows,
        () => undefined,
      )(
        {
          sourcedId: 'R1',
          userSourcedId: 'u',
          roleType: 'primary',
          role: 'teacher',
          orgSourcedId: 's-1',
          beginDate: '2026-02-30',
        },
        2,
      ),
    ).toMatchObject({ column: 'beginDate', rule: 'date' }));
  it('with a tab or a line break in an id is put aside; in words of people they become spaces', () => {
    expect(check({ sourcedId: '1\t2' })).toMatchObject({ column: 'sourcedId', rule: 'characters' });
    const row = { ...good, grades: 'K\r\nG' };
    expect(rowCheck(columns, knows, () => undefined)(row, 7)).toBeUndefined();
    expect(row.grades).toBe('K G');
  });
  it('never has its password looked at', () => expect(Object.keys(columns)).not.toContain('password'));
});
