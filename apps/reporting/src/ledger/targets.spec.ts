import { describe, expect, it } from '@jest/globals';
import { day, log, minute, rowOf } from './loop-logs.js';
import type { Told } from './loop-logs.js';
import { everDue } from './targets.js';
import { view } from './view.js';

const targets = (origin: Told[], casework: Told[]) =>
  view(rowOf(...log('family-council', ...origin), ...log('casework', ...casework)).facts).targets.map(
    ({ step, how, dueAt, teamId }) => `${step} ${new Date(dueAt).toISOString()} ${how} ${teamId ?? '-'}`,
  );

const raised: Told = { type: 'input.raised' };
const routed: Told = { type: 'case.routed', at: minute(1) };
const acknowledged: Told = { type: 'case.acknowledged', at: minute(5) };
const answered = (answerNo: number, at: string): Told => ({ type: 'case.answered', answerNo, at });

describe('the targets of a loop', () => {
  it('are met by acknowledging and answering in time', () => {
    expect(targets([raised], [routed, acknowledged, answered(1, day(2))])).toEqual([
      `acknowledge ${day(1)} met transport`,
      `answer ${day(7)} met transport`,
    ]);
  });

  it('are missed by doing it too late, and owed while it is not done', () => {
    expect(targets([raised], [routed, { type: 'case.acknowledged', at: day(2) }])).toEqual([
      `acknowledge ${day(1)} owed transport`,
      `answer ${day(7)} owed transport`,
    ]);
  });

  it('are charged to the team that held it on the day due, and not extended by a transfer', () => {
    const transferred: Told = { type: 'case.transferred', at: day(3) };
    expect(targets([raised], [routed, transferred, answered(1, day(9))])).toEqual([
      `acknowledge ${day(1)} owed transport`,
      `answer ${day(7)} owed nutrition`,
    ]);
  });

  it('are charged as casework says, where it says so', () => {
    const missed: Told = { type: 'target.missed', step: 'answer', dueAt: day(7), teamId: 'office-012' };
    expect(targets([raised], [routed, acknowledged, missed])).toContain(`answer ${day(7)} owed office-012`);
  });

  it('stand still while the team waits for the originator, and move by the time waited', () => {
    const waits: Told = { type: 'case.message', waits: true, at: day(2) };
    const resumed: Told = { type: 'case.resumed', answerBy: day(9), at: day(4) };
    expect(targets([raised], [routed, acknowledged, waits])).toContain(`answer ${day(7)} excused transport`);
    expect(targets([raised], [routed, acknowledged, waits, resumed, answered(1, day(8))])).toContain(
      `answer ${day(9)} met transport`,
    );
  });

  it('begin anew with each reopening', () => {
    const reopened: Told = { type: 'case.reopened', answerBy: day(14), at: day(3) };
    expect(
      targets([raised], [routed, acknowledged, answered(1, day(2)), reopened, answered(2, day(15))]),
    ).toEqual([
      `acknowledge ${day(1)} met transport`,
      `answer ${day(7)} met transport`,
      `answer ${day(14)} owed transport`,
    ]);
  });

  it('are not owed any more after a withdrawal, unless they were missed before it', () => {
    expect(targets([raised, { type: 'input.withdrawn', at: day(3) }], [routed])).toEqual([
      `acknowledge ${day(1)} owed transport`,
      `answer ${day(7)} excused transport`,
    ]);
  });

  it('hold the representative to the report back', () => {
    const owed: Told = { type: 'report-back.owed', answerNo: 1, dueAt: day(14) };
    const back = (at: string): Told => ({ type: 'answer.delivered', answerNo: 1, how: 'reported-back', at });
    const team = [routed, acknowledged, answered(1, day(2))];
    expect(targets([raised, owed], team)).toContain(`report-back ${day(14)} owed -`);
    expect(targets([raised, owed, back(day(10))], team)).toContain(`report-back ${day(14)} met -`);
    expect(targets([raised, owed, back(day(15))], team)).toContain(`report-back ${day(14)} owed -`);
    expect(targets([raised, owed], [...team, answered(2, day(5))])).toContain(
      `report-back ${day(14)} excused -`,
    );
  });

  it('remember every day on which something was ever due', () => {
    const facts = rowOf(...log('casework', routed, { type: 'case.resumed', answerBy: day(9) })).facts;
    expect(everDue(facts).map((at) => new Date(at).toISOString())).toEqual([day(1), day(7), day(9)]);
  });
});
