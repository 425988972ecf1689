import { describe, expect, it } from '@jest/globals';
import { hiddenFromMarks, isHiddenTeam, marksOf } from './hidden.js';
import { route } from './route.js';
import type { Placed, RoutingRule, Team } from './route.js';

/** A school in a district in a region; a school office, and the district's teams. */
const teams: Team[] = [
  { teamId: 'office', name: 'School office', orgId: 'school' },
  { teamId: 'counsel', name: 'Counsellors', orgId: 'school' },
  { teamId: 'transport', name: 'Transport', orgId: 'district' },
  { teamId: 'district-office', name: 'District office', orgId: 'district' },
  { teamId: 'bilingual', name: 'Bilingual services', orgId: 'district' },
  { teamId: 'region-desk', name: 'Region', orgId: 'region' },
];
const rules: RoutingRule[] = [
  { ruleId: 'school', orgId: 'school', teamId: 'office' },
  { ruleId: 'district', orgId: 'district', teamId: 'district-office' },
  { ruleId: 'buses', topic: 'transport', teamId: 'transport' },
  { ruleId: 'students', orgId: 'school', role: 'student', teamId: 'counsel' },
  { ruleId: 'spanish', orgId: 'district', language: 'es', topic: 'learning', teamId: 'bilingual' },
];
const input: Placed = {
  topic: 'meals',
  role: 'family',
  language: 'en',
  levels: ['school', 'district', 'region'],
  within: ['school'],
  named: false,
  hiddenFrom: [],
};
const chosen = (changes: Partial<Placed> = {}, of = rules, from = teams) => {
  const { team, rule, nextLevel } = route(of, from, { ...input, ...changes });
  return [team.teamId, rule, nextLevel?.teamId];
};

describe('which team', () => {
  it('the fallback of the nearest organisation takes what no other rule takes', () =>
    expect(chosen()).toEqual(['office', 'school', 'district-office']));
  it('a rule with a condition beats a fallback that is nearer', () =>
    expect(chosen({ topic: 'transport' })).toEqual(['transport', 'buses', 'region-desk']));
  it('of the nearest organisation first, even where a farther rule names more', () =>
    expect(chosen({ role: 'student', topic: 'learning', language: 'es' })).toEqual([
      'counsel',
      'students',
      'district-office',
    ]));
  it('a rule of a level above reaches down', () =>
    expect(chosen({ topic: 'learning', language: 'es-MX' })).toEqual([
      'bilingual',
      'spanish',
      'region-desk',
    ]));
  it('at the same organisation topic outweighs role, and role outweighs language', () => {
    const same: RoutingRule[] = [
      { ruleId: 'language', language: 'en', teamId: 'office' },
      { ruleId: 'role', role: 'family', teamId: 'counsel' },
      { ruleId: 'topic', topic: 'meals', teamId: 'transport' },
    ];
    expect(chosen({}, same)[1]).toBe('topic');
    expect(chosen({}, same.slice(0, 2))[1]).toBe('role');
  });
  it('between equals the earlier rule wins', () => {
    const twice: RoutingRule[] = [
      { ruleId: 'first', topic: 'meals', teamId: 'office' },
      { ruleId: 'second', topic: 'meals', teamId: 'counsel' },
    ];
    expect(chosen({}, twice)[1]).toBe('first');
  });
  it('a rule of another organisation is not looked at', () =>
    expect(chosen({ levels: ['other', 'district', 'region'], within: ['other'] })[0]).toBe(
      'district-office',
    ));
  it('without a rule: a team of the top', () =>
    expect(chosen({}, [])).toEqual(['region-desk', 'fallback', undefined]));
  it('without a team: unassigned, never unrouted', () =>
    expect(chosen({}, [], [])).toEqual(['unassigned', 'fallback', undefined]));
});

describe('notSeenBy', () => {
  const place = { level: 'school', within: ['school'], teams };
  const named = (notSeenBy: string[]) => ({ named: true, hiddenFrom: hiddenFromMarks(notSeenBy, place) });

  it('a team: it goes to the next level up, and to no team of that organisation', () => {
    expect(chosen(named(['office']))[0]).toBe('district-office');
    expect(chosen({ role: 'student', ...named(['office']) })[0]).toBe('district-office');
  });
  it('the school: to the next level up', () => expect(chosen(named(['school']))[0]).toBe('district-office'));
  it('a team of the district: the rules that remain decide', () =>
    expect(chosen({ topic: 'transport', ...named(['transport']) })[0]).toBe('district-office'));
  it('everyone: unassigned', () =>
    expect(chosen(named(teams.map((team) => team.teamId)))[0]).toBe('unassigned'));
  it('the level above is never a team that is named', () =>
    expect(chosen({ hiddenFrom: ['team:district-office'] })[2]).not.toBe('district-office'));

  const sees = (notSeenBy: string[], person: Partial<Parameters<typeof marksOf>[0]>) => {
    const marks = marksOf({ teams: [], orgs: [], teamOrgs: [], lead: false, ...person });
    return !hiddenFromMarks(notSeenBy, place).some((mark) => marks.includes(mark));
  };
  it('hides from members of a named team', () =>
    expect(sees(['office'], { teams: ['office'], teamOrgs: ['school'] })).toBe(false));
  it('hides from who leads the named team’s school', () =>
    expect(sees(['office'], { orgs: ['school'], lead: true })).toBe(false));
  it('does not hide from another team of that school', () =>
    expect(sees(['office'], { teams: ['counsel'], teamOrgs: ['school'] })).toBe(true));
  it('the school: hides from all its teams and leads, also from one that is in a district team, too', () => {
    expect(sees(['school'], { teams: ['counsel'], teamOrgs: ['school'] })).toBe(false);
    expect(sees(['school'], { orgs: ['school'], lead: true })).toBe(false);
    expect(sees(['school'], { teams: ['transport', 'office'], teamOrgs: ['district', 'school'] })).toBe(
      false,
    );
  });
  it('does not hide from the district’s own', () =>
    expect(
      sees(['school', 'office'], {
        teams: ['district-office'],
        teamOrgs: ['district'],
        orgs: ['district'],
        lead: true,
      }),
    ).toBe(true));
  it('a named school’s teams are no place for a transfer', () =>
    expect(isHiddenTeam(hiddenFromMarks(['school'], place), teams[1]!)).toBe(true));
});
