import { describe as about, expect, it } from '@jest/globals';
import { loopStates, StateRefuses } from '#contracts';
import type { LoopState } from '#contracts';
import {
  acknowledged,
  answered,
  begun,
  day,
  loopIn,
  missed,
  reopened,
  routed,
  sealed,
  teamWrote,
  transferred,
} from './given.js';
import {
  allowedActions,
  confirm,
  describe,
  dispute,
  erase,
  evolveLoop,
  message,
  open,
  wake,
  withdraw,
} from './index.js';
import type { Loop, LoopEvent, Told } from './index.js';

/** LOOP.md, cell by cell. A cell is the events that an action makes, or `409`. */
type Cell = '409' | readonly LoopEvent['type'][];
const no: Cell = '409';
const nothing: Cell = [];
const says = (...types: LoopEvent['type'][]): Cell => types;

const soon = day(10);
const actions = {
  message: (loop) => message(loop, { language: 'en', sealed }, soon),
  withdraw: (loop) => withdraw(loop, {}, soon),
  confirm: (loop) => confirm(loop, 1, soon),
  partly: (loop) => dispute(loop, { answerNo: 1, partly: true, sealed }, soon),
  dispute: (loop) => dispute(loop, { answerNo: 1, sealed }, soon),
  open: (loop) => open(loop, 'receipt', soon),
  describe: (loop) => describe(loop, { standings: ['most-impacted'], groups: [] }, soon),
  erase: (loop) => erase(loop, soon),
  'fifteen days of silence': (loop) => wake(loop, day(18)),
  'a year of silence': (loop) => wake(loop, day(365)),
} satisfies Record<string, (loop: Loop) => LoopEvent[]>;
type Action = keyof typeof actions;

const written = says('input.message');
const taken = says('input.withdrawn');
const yes = says('closure.confirmed');
const notYet = says('closure.disputed');
const gone = says('input.erased');
const goneOpen = says('input.withdrawn', 'input.erased');
const goneAnswered = says('closure.unconfirmed', 'input.erased');
const reached = says('answer.delivered');
const asked = says('asked-again');
const unreached = says('closure.unconfirmed');
const described = says('input.described');

const columns: readonly Action[] = [
  'message',
  'withdraw',
  'confirm',
  'partly',
  'dispute',
  'open',
  'describe',
  'erase',
  'fifteen days of silence',
  'a year of silence',
];
// prettier-ignore
const table: Record<LoopState, readonly Cell[]> = {
  //            message  withdraw confirm partly  dispute open     describe   erase         15 days  a year
  raised:       [written, taken,  no,     no,     no,     nothing, described, goneOpen,     nothing, nothing],
  routed:       [written, taken,  no,     no,     no,     nothing, described, goneOpen,     nothing, nothing],
  acknowledged: [written, taken,  no,     no,     no,     nothing, described, goneOpen,     nothing, nothing],
  answered:     [written, taken,  no,     no,     no,     reached, described, goneOpen,     nothing, unreached],
  delivered:    [written, no,     yes,    notYet, notYet, nothing, described, goneAnswered, asked,   asked],
  promised:     [written, no,     says('plan-accepted'),
                                          notYet, notYet, nothing, described, goneAnswered, nothing, nothing],
  disputed:     [written, no,     yes,    no,     no,     nothing, described, goneOpen,     nothing, nothing],
  confirmed:    [no,      no,     nothing, notYet, notYet, nothing, described, gone,        nothing, nothing],
  unconfirmed:  [no,      no,     yes,    notYet, notYet, nothing, described, gone,         nothing, nothing],
  unsettled:    [written, no,     no,     no,     no,     nothing, described, gone,         nothing, nothing],
  withdrawn:    [no,      no,     no,     no,     no,     nothing, described, gone,         nothing, nothing],
};

about('what an originator, and time, may do in each state', () => {
  for (const state of loopStates) {
    for (const [column, action] of columns.entries()) {
      const cell = table[state][column] as Cell;
      it(`${state}: ${action} → ${cell === '409' ? 'refused' : cell.join(', ') || 'nothing'}`, () => {
        const loop = loopIn(state);
        expect(loop.state).toBe(state);
        if (cell === '409') expect(() => actions[action](loop)).toThrow(StateRefuses);
        else expect(actions[action](loop).map((event) => event.type)).toEqual(cell);
      });
    }
  }

  it('offers exactly what it takes, and says so when it refuses', () => {
    const offered = ['message', 'withdraw', 'confirm', 'partly', 'dispute'] as const;
    for (const state of loopStates) {
      const loop = loopIn(state);
      for (const action of offered) {
        const cell = table[state][columns.indexOf(action)] as Cell;
        const takes = cell !== '409' && cell.length > 0;
        expect([state, action, allowedActions(loop, soon).includes(action)]).toEqual([state, action, takes]);
        if (cell !== '409') continue;
        const refusal = catching(() => actions[action](loop));
        expect(refusal).toMatchObject({ state, allowed: allowedActions(loop, soon) });
      }
    }
  });
});

const news = {
  routed,
  acknowledged,
  message: teamWrote(),
  transferred,
  'answer 2': answered(2),
  'reopened by the team': reopened('team'),
  'reopened by the dispute': reopened('dispute'),
  'target missed': missed,
} satisfies Record<string, Told>;
type News = keyof typeof news;
const newsColumns: readonly News[] = [
  'routed',
  'acknowledged',
  'message',
  'transferred',
  'answer 2',
  'reopened by the team',
  'reopened by the dispute',
  'target missed',
];
// prettier-ignore
const becomes: Record<LoopState, readonly LoopState[]> = {
  //            routed         acknowledged    message         transferred     answer 2     reopened: team  by dispute      missed
  raised:       ['routed',       'raised',       'raised',       'raised',       'answered',  'raised',       'raised',       'raised'],
  routed:       ['routed',       'acknowledged', 'routed',       'routed',       'answered',  'routed',       'routed',       'routed'],
  acknowledged: ['acknowledged', 'acknowledged', 'acknowledged', 'acknowledged', 'answered',  'acknowledged', 'acknowledged', 'acknowledged'],
  answered:     ['answered',     'answered',     'answered',     'answered',     'answered',  'answered',     'answered',     'answered'],
  delivered:    ['delivered',    'delivered',    'delivered',    'delivered',    'answered',  'acknowledged', 'delivered',    'delivered'],
  promised:     ['promised',     'promised',     'promised',     'promised',     'answered',  'acknowledged', 'promised',     'promised'],
  disputed:     ['disputed',     'disputed',     'disputed',     'disputed',     'answered',  'disputed',     'disputed',     'disputed'],
  confirmed:    ['confirmed',    'confirmed',    'confirmed',    'confirmed',    'answered',  'acknowledged', 'confirmed',    'confirmed'],
  unconfirmed:  ['unconfirmed',  'unconfirmed',  'unconfirmed',  'unconfirmed',  'answered',  'acknowledged', 'unconfirmed',  'unconfirmed'],
  unsettled:    ['unsettled',    'unsettled',    'unsettled',    'unsettled',    'answered',  'acknowledged', 'unsettled',    'unsettled'],
  withdrawn:    ['withdrawn',    'withdrawn',    'withdrawn',    'withdrawn',    'withdrawn', 'withdrawn',    'withdrawn',    'withdrawn'],
};

about('what casework says in each state', () => {
  for (const state of loopStates) {
    for (const [column, event] of newsColumns.entries()) {
      const to = becomes[state][column] as LoopState;
      it(`${state}: ${event} → ${to}`, () => {
        expect(evolveLoop(loopIn(state), news[event]).state).toBe(to);
      });
    }
  }
  it('begins where it began', () => expect(loopIn('raised').since).toBe(begun));
});

function catching(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
