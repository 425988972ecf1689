import { describe, expect, it } from '@jest/globals';
import { loopStates } from '#contracts';
import type { LoopState } from '#contracts';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { answering, calendar, inState, lead, member, nutrition, routed, tuesday } from './given.js';
import { answer, reopen } from './rules/answer.js';
import { actions, allowed } from './rules/may.js';
import type { Action, By } from './rules/may.js';
import { transfer } from './rules/transfer.js';
import { acknowledge, assign, changeParticipation, message, note } from './rules/work.js';

/** The loop's table as it is written, for the people of the team: one row a state, one cell an action. */
const working: Action[] = ['acknowledge', 'assign', 'message', 'note', 'transfer', 'participation', 'answer'];
const table: Record<LoopState, { member: Action[]; lead: Action[] }> = {
  raised: { member: [], lead: [] },
  routed: { member: working, lead: working },
  acknowledged: { member: working, lead: working },
  answered: { member: ['message', 'answer'], lead: ['message', 'answer'] },
  delivered: { member: ['answer', 'reopen'], lead: ['answer', 'reopen'] },
  promised: { member: ['answer'], lead: ['answer'] },
  disputed: { member: working, lead: working },
  confirmed: { member: ['reopen'], lead: ['reopen'] },
  unconfirmed: { member: ['reopen'], lead: ['reopen'] },
  unsettled: { member: [], lead: ['reopen'] },
  withdrawn: { member: ['note'], lead: ['note'] },
};

const sealed = { 'input-1': 'w..x.y.z' };
const at = tuesday;
const commands: Record<Action, (state: Case, by: By) => CaseEvent[]> = {
  acknowledge: (state, by) => acknowledge(state, { by, at }),
  assign: (state, by) => assign(state, { by, at, userId: 'tariq' }),
  message: (state, by) => message(state, { by, at, language: 'en', waits: false, sealed }),
  note: (state, by) => note(state, { by, at, sealed: 'w..x.y.z' }),
  transfer: (state, by) => transfer(state, { by, at, team: nutrition, silentUntil: at, sealed: 'w..x.y.z' }),
  participation: (state, by) => changeParticipation(state, { by, at, level: 'consult' }),
  answer: (state, by) => answer(state, { ...answering, by }),
  reopen: (state, by) => reopen(state, { by, at, calendar, sealed }),
};

describe.each(loopStates.map((state) => [state] as const))('%s', (state) => {
  describe.each([
    ['member', member],
    ['lead', lead],
  ] as const)('%s', (role, by) => {
    const mayDo = table[state][role];
    const one = inState(state, routed());

    it('is told what is allowed', () => {
      expect(allowed(one, by)).toEqual(actions.filter((action) => mayDo.includes(action)));
    });

    it.each(actions.map((action) => [action, mayDo.includes(action) ? 'may' : 'may not'] as const))(
      '%s: %s',
      (action, may) => {
        if (may === 'may') expect(commands[action](one, by).length).toBeGreaterThan(0);
        else expect(() => commands[action](one, by)).toThrow(`cannot ${action} while ${state}`);
      },
    );
  });
});
