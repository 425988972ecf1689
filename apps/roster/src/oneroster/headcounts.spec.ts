import { describe, expect, it } from '@jest/globals';
import { belongsTo, headcounts, inForce } from './headcounts.js';
import type { Group, Person } from './headcounts.js';

const organisations = [{ orgId: 'd' }, { orgId: 's1', parentId: 'd' }, { orgId: 's2', parentId: 'd' }];
function person(at: [Group, string][], rest: Partial<Person> = {}): Person {
  const one: Person = { active: true, agents: [], at: new Map(), ...rest };
  for (const [group, orgId] of at) belongsTo(one, group, orgId);
  return one;
}
const count = (people: Record<string, Person>, orgId: string) =>
  headcounts(new Map(Object.entries(people)), organisations).find((one) => one.orgId === orgId);

describe('headcounts', () => {
  it('count a person once in the district, however many schools they are at', () =>
    expect(
      count(
        {
          t: person([
            ['staff', 's1'],
            ['staff', 's2'],
          ]),
        },
        'd',
      ),
    ).toMatchObject({ staff: 1 }));
  it('count a teacher who is a parent as both', () =>
    expect(
      count(
        {
          t: person([
            ['staff', 's1'],
            ['family', 's1'],
          ]),
        },
        's1',
      ),
    ).toMatchObject({ staff: 1, families: 1 }));
  it('leave out who is to be deleted', () =>
    expect(count({ a: person([['student', 's1']], { active: false }) }, 'd')).toMatchObject({ students: 0 }));
  it('count students by grade, one without a grade in no grade', () =>
    expect(
      count(
        {
          a: person([['student', 's1']], { grade: '07' }),
          b: person([['student', 's1']], { grade: '07' }),
          c: person([['student', 's1']]),
        },
        's1',
      ),
    ).toMatchObject({ students: 3, byGrade: [{ grade: '07', students: 2 }] }));
  it('count a parent at the schools of all their children, whichever row names the other', () => {
    const people = {
      one: person([['student', 's1']], { agents: ['p'] }),
      two: person([['student', 's2']]),
      p: person([['family', 's1']], { agents: ['two'] }),
    };
    expect(count(people, 's2')).toMatchObject({ families: 1 });
    expect(count(people, 'd')).toMatchObject({ families: 1 });
  });
  it('count an organisation without people as 0', () =>
    expect(count({}, 's1')).toEqual({ orgId: 's1', students: 0, staff: 0, families: 0, byGrade: [] }));
});

describe('what is in force on a day', () => {
  it('includes both ends, and an open end is open', () => {
    expect(inForce('2026-11-22', '2026-11-22', '2026-11-22')).toBe(true);
    expect(inForce('2026-11-22', '', '')).toBe(true);
    expect(inForce('2026-11-22', '2026-11-23', '')).toBe(false);
    expect(inForce('2026-11-22', '', '2026-11-21')).toBe(false);
  });
});
