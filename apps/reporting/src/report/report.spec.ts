import { describe, expect, it } from '@jest/globals';
import { NotPermitted, Unknown } from '#contracts';
import { Problem } from '#platform';
import type { Caller } from '#platform';
import { day, log, rowOf } from '../ledger/loop-logs.js';
import type { Told } from '../ledger/loop-logs.js';
import { view } from '../ledger/view.js';
import { daysIn } from '../rollups/days.js';
import { emptyRaised } from '../rollups/tally.js';
import { breakDown } from './break-down.js';
import type { CellSource } from './break-down.js';
import { guarded } from './closed-loop.js';
import { mayOpen } from './loop-trace.js';
import { measure, times } from './measures.js';
import { periodOf } from './period.js';
import { refuseBeyondScope } from './scope.js';

const parents: Record<string, string> = { '00417-012': '00417', '00417-033': '00417' };
const tree = {
  above: (orgId: string) => (parents[orgId] ? [parents[orgId]] : []),
  isSchool: (orgId: string) => orgId !== '00417',
};
const now = Date.parse('2026-11-22T20:00:00.000Z');

describe('the measures', () => {
  it('are exact: n, median and 90th percentile', () => {
    expect(times([])).toEqual({ n: 0, median: null, p90: null });
    expect(times([5])).toEqual({ n: 1, median: 5, p90: 5 });
    expect(times([10, 2, 4, 8, 6])).toEqual({ n: 5, median: 6, p90: 9.2 });
  });

  it('divide as MISSION.md says', () => {
    const tally = {
      ...emptyRaised(),
      raised: 10,
      open: 4,
      answered: 8,
      reached: 6,
      asked: 7,
      replied: 5,
      settled: 3,
      yes: 3,
      no: 2,
      partly: 1,
    };
    const { counts, rates } = measure(tally, {}, now);
    expect(counts).toMatchObject({ raised: 10, open: 4, closed: 6 });
    expect(rates).toMatchObject({
      delivered: { n: 6, of: 8, rate: 0.75 },
      verifiedClosure: { n: 3, of: 7 },
      response: { n: 5, of: 7 },
      dispute: { n: 3, of: 6, rate: 0.5 },
      withinTarget: { n: 0, of: 0, rate: null },
    });
  });

  it('count what has fallen due, an overdue open loop as a miss, and nothing that is due later', () => {
    const due = {
      answer: { met: [now - 1, now + 1], owed: [now - 2, now + 2] },
      acknowledge: { met: [now], owed: [] },
    };
    expect(measure(emptyRaised(), due, now).rates.withinTarget).toEqual({
      n: 2,
      of: 3,
      rate: 2 / 3,
      steps: { answer: { n: 1, of: 2, rate: 0.5 }, acknowledge: { n: 1, of: 1, rate: 1 } },
    });
  });

  it('ask for reopening only of answers whose 30 days have passed', () => {
    const daysAgo = (days: number) => now - days * 24 * 3600 * 1000;
    const tally = {
      ...emptyRaised(),
      reopenedFirstAt: [daysAgo(40), daysAgo(3)],
      stoodFirstAt: [daysAgo(31), daysAgo(29)],
    };
    expect(measure(tally, {}, now).rates.reopen).toEqual({ n: 1, of: 2, rate: 0.5 });
  });
});

describe('the period', () => {
  const days = daysIn('America/Los_Angeles');
  const broken = (asked: { from?: string; to?: string }): unknown => {
    try {
      return periodOf(asked, days, now);
    } catch (error) {
      return (error as Problem).body()['errors'];
    }
  };

  it('is the last 90 days unless it is asked for', () => {
    expect(periodOf({}, days, now)).toEqual({ from: '2026-08-25', to: '2026-11-23' });
    expect(periodOf({ from: '2026-11-01', to: '2026-11-02' }, days, now)).toEqual({
      from: '2026-11-01',
      to: '2026-11-02',
    });
  });

  it('must be two dates of the calendar, the first before the second', () => {
    expect(broken({ from: '2026-02-30' })).toMatchObject([{ field: 'from', rule: 'date' }]);
    expect(broken({ to: 'tomorrow!!' })).toMatchObject([{ field: 'to', rule: 'date' }]);
    expect(broken({ from: '2026-11-02', to: '2026-11-02' })).toMatchObject([
      { field: 'from', rule: 'before-to' },
    ]);
    expect(broken({ from: '0026-11-02' })).toMatchObject([{ field: 'from', rule: 'in-range' }]);
  });
});

describe('the scope', () => {
  const leader = (...orgs: string[]): Caller => ({
    kind: 'token',
    district: 'moon' as Caller['district'],
    roles: ['leader'],
    orgs,
    teams: [],
  });

  it('is an organisation and below', () => {
    expect(() => refuseBeyondScope(leader('00417'), '00417-012', tree)).not.toThrow();
    expect(() => refuseBeyondScope(leader('00417-012'), '00417-012', tree)).not.toThrow();
    expect(() => refuseBeyondScope(leader('00417-012'), '00417', tree)).toThrow(NotPermitted);
    expect(() => refuseBeyondScope(leader('00417-012'), '00417-033', tree)).toThrow(NotPermitted);
    expect(() => refuseBeyondScope({ ...leader(), roles: ['it'] }, '00417', tree)).not.toThrow();
  });

  const seen = (raised: Partial<Told>, ...more: Told[]) =>
    view(
      rowOf(
        ...log('intake', { type: 'input.raised', ...raised }),
        ...log('casework', { type: 'case.routed' }, ...more),
      ).facts,
    );
  const member = (...teams: string[]): Caller => ({ ...leader(), roles: ['member'], teams });

  it('opens a loop to leaders above it and to its team', () => {
    expect(() => mayOpen(seen({}), leader('00417'), tree)).not.toThrow();
    expect(() => mayOpen(seen({}), leader('00417-033'), tree)).toThrow(NotPermitted);
    expect(() => mayOpen(seen({}), member('transport'), tree)).not.toThrow();
    expect(() => mayOpen(seen({}), member('nutrition'), tree)).toThrow(NotPermitted);
  });

  it('opens a loop to the leads of the team that has it now, as casework opens its case', () => {
    const lead = (...orgs: string[]): Caller => ({ ...leader(...orgs), roles: ['lead'] });
    const toOffice: Told = { type: 'case.transferred', teamId: 'office-012', teamOrgId: '00417-012' };
    expect(() => mayOpen(seen({}), lead('00417'), tree)).not.toThrow();
    expect(() => mayOpen(seen({}), lead('00417-012'), tree)).toThrow(NotPermitted);
    expect(() => mayOpen(seen({}, toOffice), lead('00417-012'), tree)).not.toThrow();
    expect(() => mayOpen(seen({}, toOffice), lead('00417'), tree)).not.toThrow();
    expect(() => mayOpen(seen({}, toOffice), lead('00417-033'), tree)).toThrow(NotPermitted);
    const nobody: Told = { type: 'case.transferred', teamId: 'unassigned', teamOrgId: '00417' };
    expect(() => mayOpen(seen({}, nobody), lead('00417-033'), tree)).not.toThrow();
    const named = { notSeenBy: ['office-012'] };
    expect(() => mayOpen(seen(named, toOffice), lead('00417-012'), tree)).toThrow(Unknown);
    expect(() => mayOpen(seen({ notSeenBy: ['school'] }), lead('00417'), tree)).not.toThrow();
  });

  it('keeps from a school what casework keeps from it, and from those above it no more than any other loop', () => {
    const unseen = seen({ notSeenBy: ['school'] });
    const byRole = (role: 'lead' | 'member', orgs: string[], teams: string[] = []): Caller => ({
      ...leader(...orgs),
      roles: [role],
      teams,
    });
    const elsewhere = seen(
      { notSeenBy: ['school'] },
      { type: 'case.transferred', teamId: 'partner', teamOrgId: 'another' },
    );
    expect(() => mayOpen(unseen, byRole('lead', ['00417']), tree)).not.toThrow();
    expect(() => mayOpen(elsewhere, byRole('lead', ['00417']), tree)).toThrow(NotPermitted);
    expect(() => mayOpen(unseen, byRole('lead', ['00417-012']), tree)).toThrow(Unknown);
    expect(() => mayOpen(unseen, byRole('lead', ['00417', '00417-012']), tree)).toThrow(Unknown);
    expect(() => mayOpen(unseen, byRole('member', ['00417-012'], ['transport']), tree)).toThrow(Unknown);
    const ofDistrict = seen({ notSeenBy: ['school'], orgId: '00417' });
    expect(() => mayOpen(ofDistrict, leader('00417'), tree)).not.toThrow();
  });

  it('hides a loop from those its originator named, as if there were none', () => {
    const unseen = seen({ notSeenBy: ['school'] });
    expect(() => mayOpen(unseen, leader('00417-012'), tree)).toThrow(Unknown);
    expect(() => mayOpen(unseen, leader('00417'), tree)).not.toThrow();
    expect(() => mayOpen(unseen, member('transport'), tree)).not.toThrow();
    expect(() => mayOpen(seen({ notSeenBy: ['transport'] }), member('transport'), tree)).toThrow(Unknown);
  });

  it('shows a restricted loop to nobody', () => {
    expect(() => mayOpen(seen({ lane: 'restricted' }), leader('00417'), tree)).toThrow(Unknown);
  });
});

describe('a break-down', () => {
  const cell = (orgId: string, on: string, role: string, raised: number): CellSource => ({
    orgId,
    day: on,
    origin: 'intake',
    role,
    topic: 'meals',
    hidden: false,
    raised: { ...emptyRaised(), raised },
  });
  const cells = [
    cell('00417', '2026-09-30', 'family', 2),
    cell('00417-012', '2026-11-01', 'student', 20),
    cell('00417-012', '2026-11-02', 'volunteer', 3),
    cell('00417-033', '2026-11-02', 'family', 12),
  ];
  const about = {
    org: { orgId: '00417', name: 'Moon' },
    children: [
      { orgId: '00417-012', name: 'Phobos', within: new Set(['00417-012']) },
      { orgId: '00417-033', name: 'Deimos', within: new Set(['00417-033']) },
    ],
    period: { from: '2026-09-01', to: '2026-12-01' },
  };
  const sizes = (by: Parameters<typeof breakDown>[1]) =>
    Object.fromEntries(breakDown(cells, by, about).groups.map((group) => [group.key, group.raised.raised]));

  it('by organisation: itself, and each below with all of its own; by month without a hole', () => {
    expect(sizes('org')).toEqual({ '00417': 2, '00417-012': 23, '00417-033': 12 });
    expect(sizes('month')).toEqual({ '2026-09': 2, '2026-10': 0, '2026-11': 35 });
  });

  it('names also those who are not heard', () => {
    expect(sizes('origin')).toEqual({ intake: 37, 'student-voice': 0, 'family-council': 0 });
    expect(sizes('role')).toMatchObject({
      student: 20,
      family: 14,
      volunteer: 3,
      funder: 0,
      'not-stated': 0,
    });
  });

  it('adds up to the total', () => {
    for (const by of ['org', 'month', 'origin', 'role', 'topic'] as const) {
      const { total, groups } = breakDown(cells, by, about);
      expect(groups.reduce((sum, group) => sum + group.raised.raised, 0)).toBe(total.raised.raised);
    }
  });

  it('suppresses small cells by role and shows them by organisation', () => {
    const byRole = guarded('role', breakDown(cells, 'role', about).groups, now, 10);
    expect(byRole.filter((group) => !group.suppressed).map((group) => group.key)).toEqual(['student']);
    expect(byRole.find((group) => group.key === 'volunteer')).toEqual({
      key: 'volunteer',
      name: 'Volunteer',
      suppressed: true,
      minimum: 10,
    });
    expect(
      guarded('org', breakDown(cells, 'org', about).groups, now, 10).some((group) => group.suppressed),
    ).toBe(false);
  });

  it('suppresses a role also when few of its loops fell due', () => {
    const due = {
      ...cell('00417', '2026-11-02', 'family', 0),
      raised: undefined,
      due: { answer: { met: [], owed: [Date.parse(day(1))] } },
    };
    const byRole = guarded(
      'role',
      breakDown(
        [cell('00417', '2026-11-02', 'family', 40), cell('00417', '2026-11-02', 'student', 40), due],
        'role',
        about,
      ).groups,
      now,
      10,
    );
    expect(byRole.find((group) => group.key === 'family')?.suppressed).toBe(true);
    expect(byRole.find((group) => group.key === 'student')?.suppressed).toBe(true);
  });
});
