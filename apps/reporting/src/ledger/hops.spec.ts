import { describe, expect, it } from '@jest/globals';
import { hopsOf } from './hops.js';
import { log, minute, rowOf } from './loop-logs.js';

describe('the trace of a loop', () => {
  it('tells cause before effect, even when a clock is behind', () => {
    const { facts } = rowOf(
      ...log(
        'intake',
        { type: 'input.raised', raisedAt: minute(10) },
        { type: 'answer.delivered', answerNo: 1, at: minute(11) },
        { type: 'closure.confirmed', answerNo: 1, at: minute(12) },
      ),
      ...log(
        'casework',
        { type: 'case.routed', at: minute(9) },
        { type: 'case.answered', answerNo: 1, at: minute(30) },
      ),
    );
    expect(hopsOf(facts).map((hop) => [hop.what, hop.sinceRaisedSeconds])).toEqual([
      ['Raised', 0],
      ['Routed', 0],
      ['Answer 1', 1200],
      ['Answer 1 delivered', 60],
      ['Answer 1 confirmed: settled', 120],
    ]);
  });

  it('shows nothing of what the originator said of themselves', () => {
    const { facts } = rowOf(
      ...log(
        'intake',
        { type: 'input.raised', role: 'student', language: 'es', onBehalfOf: 'interpreter' },
        { type: 'input.described', standings: ['most-impacted'], groups: ['group-7'] },
      ),
    );
    const shown = JSON.stringify(hopsOf(facts));
    for (const secret of ['student', '"es"', 'most-impacted', 'group-7', 'interpreter'])
      expect(shown).not.toContain(secret);
    expect(hopsOf(facts)).toHaveLength(1);
  });
});
