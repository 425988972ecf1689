import fc from 'fast-check';
import type { LoopState, Outcome } from '#contracts';
import {
  allowedActions,
  confirm,
  dispute,
  erase,
  evolveLoop,
  message,
  newestAnswer,
  open,
  take,
  wake,
  wakeAt,
  withdraw,
} from '#loop';
import type { Loop, LoopEvent, OriginEvent, TeamEvent } from '#loop';
import { factOf } from './facts.js';
import type { Fact } from './facts.js';
import { day, minute } from './loop-logs.js';

const internal = ['told', 'asked-again', 'replies-counted', 'plan-accepted'];
const sealed = 'x..x.x.x';

/**
 * An origin (the real one, of #loop) and a team act at the same time, each knowing of the other what has arrived so
 * far. The ledger sees only their two logs, with no idea of who knew what when.
 */
export class TwoSides {
  private loop: Loop;
  readonly origin: OriginEvent[] = [];
  readonly casework: TeamEvent[] = [];
  private toOrigin = 0;
  private toCasework = 0;
  private now = 0;
  private answers = 0;
  private team: 'open' | 'answered' | 'reached' | 'closed' | 'withdrawn' = 'open';

  constructor() {
    const raised: OriginEvent = {
      type: 'input.raised',
      inputId: 'input-1',
      origin: 'intake',
      orgId: '00417-012',
      topic: 'meals',
      kind: 'concern',
      lane: 'open',
      voices: 1,
      language: 'en',
      anonymous: true,
      reachable: false,
      notSeenBy: [],
      raisedAt: minute(0),
      sealed,
    };
    this.origin.push(raised);
    this.loop = evolveLoop(undefined, raised);
    this.told({
      type: 'case.routed',
      teamId: 't',
      teamName: 'T',
      teamOrgId: 'o',
      participation: 'inform',
      acknowledgeBy: day(1),
      answerBy: day(5),
      rule: 'fallback',
    });
  }

  get state(): LoopState {
    return this.loop.state;
  }

  step(what: number, pick: number): void {
    this.now += 1;
    if (what < 3) this.originatorActs(pick);
    else if (what < 5) this.teamActs(pick);
    else if (what < 7) for (let i = 0; i <= pick % 4; i += 1) this.arriveAtOrigin();
    else if (what < 9) for (let i = 0; i <= pick % 4; i += 1) this.arriveAtCasework();
    else this.timePasses(pick);
  }

  settle(): void {
    while (this.toOrigin < this.casework.length || this.toCasework < this.origin.length) {
      this.arriveAtOrigin();
      this.arriveAtCasework();
    }
  }

  private originatorActs(pick: number): void {
    const at = minute(this.now);
    const answerNo = newestAnswer(this.loop)?.answerNo ?? 1;
    const actions = allowedActions(this.loop, at).filter((action) => action !== 'about-me');
    if (pick % 3 === 0) return this.did(open(this.loop, 'receipt', at));
    const action = actions[pick % Math.max(1, actions.length)];
    if (action === 'message') this.did(message(this.loop, { language: 'en', sealed }, at));
    if (action === 'withdraw') this.did(withdraw(this.loop, {}, at));
    if (action === 'confirm') this.did(confirm(this.loop, answerNo, at));
    if (action === 'dispute' || action === 'partly')
      this.did(dispute(this.loop, { answerNo, partly: action === 'partly' }, at));
  }

  private teamActs(pick: number): void {
    if (this.team === 'withdrawn') return;
    if (!this.casework.some((event) => event.type === 'case.acknowledged'))
      this.told({ type: 'case.acknowledged', teamId: 't', by: 'm' });
    else if (this.team === 'reached' && pick % 3 === 0) this.reopen();
    else if (this.team === 'closed') this.reopen();
    else if (pick % 4 === 0)
      this.told({ type: 'case.message', messageNo: 1, language: 'en', waits: false, by: 'm', sealed });
    else if (pick % 4 === 1)
      this.told({
        type: 'case.transferred',
        fromTeamId: 't',
        teamId: 'u',
        teamName: 'U',
        teamOrgId: 'o',
        acknowledgeBy: day(1),
        answerBy: day(5),
        by: 'm',
      });
    else this.answer(pick % 5 === 0 ? 'planned' : 'done');
  }

  private answer(outcome: Outcome): void {
    this.answers += 1;
    this.team = 'answered';
    this.told({
      type: 'case.answered',
      teamId: 't',
      answerNo: this.answers,
      outcome,
      participation: 'inform',
      language: 'en',
      by: 'm',
      sealed,
    });
  }

  private reopen(): void {
    this.team = 'open';
    this.told({ type: 'case.reopened', cause: 'team', by: 'm', answerBy: day(9), sealed });
  }

  private arriveAtOrigin(): void {
    const event = this.casework[this.toOrigin];
    if (!event) return;
    this.toOrigin += 1;
    this.did(take(this.loop, event));
  }

  /** What casework makes of the origin's facts: an old answer's are refused. */
  private arriveAtCasework(): void {
    const event = this.origin[this.toCasework];
    if (!event) return;
    this.toCasework += 1;
    if (event.type === 'input.withdrawn') this.team = 'withdrawn';
    if (!('answerNo' in event) || event.answerNo !== this.answers || this.team === 'withdrawn') return;
    // Reopened by a person in the meantime: it is open already, only the dispute says more.
    if (event.type === 'closure.disputed') {
      this.team = 'open';
      this.told({ type: 'case.reopened', cause: 'dispute', answerBy: day(9) });
    }
    if (this.team === 'open' && event.type !== 'closure.confirmed') return;
    if (event.type === 'answer.delivered' && this.team === 'answered') this.team = 'reached';
    if (event.type === 'closure.confirmed' || event.type === 'closure.unconfirmed') this.team = 'closed';
  }

  private timePasses(pick: number): void {
    if (pick % 10 === 0) return this.did(erase(this.loop, minute(this.now)));
    const due = wakeAt(this.loop);
    if (!due) return;
    this.now = Math.max(this.now, Math.ceil((Date.parse(due) - Date.parse(minute(0))) / 60_000));
    this.did(wake(this.loop, minute(this.now)));
  }

  private did(events: LoopEvent[]): void {
    for (const event of events) {
      this.loop = evolveLoop(this.loop, event);
      if (!internal.includes(event.type)) this.origin.push(event as OriginEvent);
    }
  }

  private told(event: object): void {
    this.casework.push({
      inputId: 'input-1',
      origin: 'intake',
      caseId: 'case-1',
      at: minute(this.now),
      ...event,
    } as TeamEvent);
  }

  facts(): Fact[] {
    return [
      ...this.casework.map((event, i) => factOf(event, 'casework', i + 1)),
      ...this.origin.map((event, i) => factOf(event, 'intake', i + 1)),
    ];
  }
}

/** What happens, in order: who acts or hears, and which of the things that they may do. */
export const twoSidedSteps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat({ max: 60 })), {
  minLength: 5,
  maxLength: 60,
});
