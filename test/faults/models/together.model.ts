import fc from 'fast-check';
import { NotPermitted, RuleBroken, StateRefuses, kinds, outcomes } from '#contracts';
import type { InputRaised, Kind, Outcome } from '#contracts';
import {
  confirm,
  describe,
  dispute,
  erase,
  isSettled,
  message,
  newestAnswer,
  open,
  raise,
  reply,
  take,
  undeliverable,
  wake,
  withdraw,
} from '#loop';
import type { LoopEvent, TeamEvent } from '#loop';
import { caseAggregate } from '../../../apps/casework/src/cases/case.aggregate.js';
import type { Case } from '../../../apps/casework/src/cases/case.js';
import type { CaseEvent } from '../../../apps/casework/src/cases/case-event.js';
import { answer, reopen } from '../../../apps/casework/src/cases/rules/answer.js';
import { wake as wakeCase } from '../../../apps/casework/src/cases/rules/clock.js';
import { follow } from '../../../apps/casework/src/cases/rules/follow.js';
import type { OriginFact } from '../../../apps/casework/src/cases/rules/follow.js';
import { openCase } from '../../../apps/casework/src/cases/rules/open.js';
import { allowed } from '../../../apps/casework/src/cases/rules/may.js';
import type { By } from '../../../apps/casework/src/cases/rules/may.js';
import { transfer } from '../../../apps/casework/src/cases/rules/transfer.js';
import { acknowledge, assign, message as write, note } from '../../../apps/casework/src/cases/rules/work.js';
import { inputAggregate } from '../../../apps/intake/src/inputs/input.js';
import type { Input, InputEvent } from '../../../apps/intake/src/inputs/input.js';
import { factOf } from '../../../apps/reporting/src/ledger/facts.js';
import type { LedgerEvent } from '../../../apps/reporting/src/ledger/facts.js';
import { rowAggregate } from '../../../apps/reporting/src/ledger/row.js';
import type { Row, RowEvent } from '../../../apps/reporting/src/ledger/row.js';
import { view } from '../../../apps/reporting/src/ledger/view.js';
import { Kept, same } from './held.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const calendar = { timeZone: 'America/Los_Angeles', holidays: [] };
const transport = { teamId: 'transport', name: 'Transport', orgId: 'district' };
const nutrition = { teamId: 'nutrition', name: 'Nutrition', orgId: 'district' };
const office = { orgId: 'district', teamId: 'office' };
const person = (userId: string, team: string, lead = false): By => ({
  userId,
  lead,
  teams: [team],
  marks: [`team:${team}`],
});
const people = [
  person('tariq', 'transport'),
  person('lena', 'transport', true),
  person('nadia', 'nutrition'),
];

/** One thing that somebody does, or that arrives; `pick` chooses among what there is. */
export type Step = [who: 'originator' | 'team' | 'to-origin' | 'to-casework' | 'time', pick: number];

/**
 * One input, all the way: intake's document, casework's, and the ledger's row, each the real one, with nothing between
 * them but their own events, which arrive in order and late. Each side acts on what it knows.
 */
export class Together {
  readonly input: Kept<Input, InputEvent>;
  readonly work: Kept<Case, CaseEvent>;
  private minutes = 0;
  private toOrigin = 0;
  private toCasework = 0;

  constructor(
    kind: Kind,
    readonly inputId = 'input-1',
    private readonly voices = 1,
  ) {
    this.input = new Kept<Input, InputEvent>(inputAggregate, inputId);
    this.work = new Kept<Case, CaseEvent>(caseAggregate, inputId);
    const facts = {
      ...{ inputId, origin: 'intake' as const, orgId: 'school', topic: 'meals', kind, lane: 'open' as const },
      ...{
        voices,
        language: 'en',
        anonymous: true,
        reachable: false,
        notSeenBy: [],
        raisedAt: this.now,
        sealed,
      },
    };
    this.input.take(raise(facts, this.now), this.now);
  }

  get now(): string {
    return new Date(begun + this.minutes * 60_000).toISOString();
  }

  step([who, pick]: Step): void {
    this.minutes += 1;
    if (who === 'originator') this.attempt(() => this.originatorActs(pick));
    else if (who === 'team') this.attempt(() => this.teamActs(pick));
    else if (who === 'to-origin') for (let i = 0; i <= pick % 4; i += 1) this.arriveAtOrigin();
    else if (who === 'to-casework') for (let i = 0; i <= pick % 4; i += 1) this.arriveAtCasework();
    else this.timePasses(pick);
  }

  /** Until each side has heard everything that the other one said. */
  settle(): void {
    while (this.arriveAtOrigin() || this.arriveAtCasework());
  }

  /** The answer that there is reaches its originator, and everybody knows. */
  reach(): void {
    this.settle();
    this.input.take(open(this.input.state.loop, 'receipt', this.now), this.now);
    this.settle();
  }

  /** Until no clock of either side has anything left to say: a month of silence after another. */
  runOut(): void {
    for (let i = 0; i < 12; i += 1) {
      this.settle();
      this.minutes += 32 * 24 * 60;
      this.input.take(wake(this.input.state.loop, this.now), this.now);
      this.work.take(wakeCase(this.work.state, this.now), this.now);
    }
    this.settle();
    const { loop } = this.input.state;
    if (loop.erasedAt && !isSettled(loop)) throw new Error(`an erased loop is open for good: ${loop.state}`);
  }

  agree(): void {
    const { loop } = this.input.state;
    const [own] = this.work.state.inputs;
    const row = this.row();
    const seen = view(row.facts);
    same(own?.state, loop.state, 'state of the case');
    same(seen.state, loop.state, 'state of the ledger row');
    same(seen.open, !isSettled(loop), 'open in the ledger');
    const { team, pending: _ } = this.work.state;
    same(
      [loop.team?.teamId, seen.teamId],
      [team?.teamId, team?.teamId],
      'whose it is, for the originator and in the ledger',
    );
    if (['routed', 'acknowledged', 'disputed'].includes(loop.state)) {
      same(loop.targets?.answerBy, own?.clock?.answerBy, 'when the answer is owed');
      same(loop.waiting, own?.clock?.waitingSince !== undefined, 'waiting for the originator');
    }
    if (loop.state !== 'withdrawn') same(own?.answerNo, loop.answers.length, 'answers of the case');
  }

  private row(): Row {
    const row = new Kept<Row, RowEvent>(rowAggregate, this.inputId);
    for (const [publisher, { events }] of [
      ['casework', this.work.document],
      ['intake', this.input.document],
    ] as const)
      for (const { seq, type, data } of events)
        row.take(
          [{ type: 'learned', fact: factOf({ type, ...data } as unknown as LedgerEvent, publisher, seq) }],
          this.now,
        );
    return row.state;
  }

  /** A refusal is an answer like any other; it changes nothing. */
  private attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof StateRefuses || error instanceof RuleBroken || error instanceof NotPermitted))
        throw error;
    }
  }

  private originatorActs(pick: number): void {
    const { loop } = this.input.state;
    const { now } = this;
    const rest = Math.floor(pick / 10);
    const answerNo = Math.max(1, (newestAnswer(loop)?.answerNo ?? 1) - (rest % 7 === 0 ? 1 : 0));
    const acts: (() => LoopEvent[])[] = [
      () => message(loop, { language: 'en', sealed }, now),
      () => open(loop, 'receipt', now),
      () => confirm(loop, answerNo, now),
      () => dispute(loop, { answerNo, partly: rest % 2 === 0, sealed }, now),
      () => reply(loop, { answerNo, ...this.numbers(rest), sealed }, now),
      () => undeliverable(loop, { answerNo, channel: 'email', reason: '550' }, now),
      () => describe(loop, { standings: ['most-impacted'], groups: [] }, now),
      () => open(loop, 'receipt', now),
      // What ends it for good comes seldom, so that most loops go far.
      () => (rest % 4 === 0 ? withdraw(loop, { sealed }, now) : open(loop, 'receipt', now)),
      () => (rest % 2 === 0 ? erase(loop, now) : open(loop, 'receipt', now)),
    ];
    this.input.take(acts[pick % acts.length]!(), now);
  }

  private teamActs(pick: number): void {
    const { state } = this.work;
    if (!state) return;
    const at = this.now;
    const words = { [this.inputId]: sealed };
    const by = people[Math.floor(pick / 72) % people.length]!;
    const rest = Math.floor(pick / 9);
    const outcome: Outcome = outcomes[rest % outcomes.length]!;
    const replies = (): CaseEvent[] =>
      answer(state, {
        ...{ by, at, today: at.slice(0, 10), outcome, language: 'en', sealed: words },
        ...{ shapedBy: 'so', reason: 'why', handedTo: 'them' },
        ...(outcome === 'planned' && { promiseDate: '2027-06-01' }),
        ...(outcome === 'already answered' && { answerRef: this.inputId }),
      });
    const acts: (() => CaseEvent[])[] = [
      () => acknowledge(state, { by, at }),
      () => replies(),
      () => replies(),
      () => assign(state, { by, at, userId: 'tariq' }),
      () => write(state, { by, at, language: 'en', waits: rest % 2 === 0, sealed: words }),
      () => note(state, { by, at, sealed }),
      () =>
        transfer(state, {
          ...{ by, at, nextLevel: office, sealed },
          team: state.team?.teamId === 'transport' ? nutrition : transport,
          silentUntil: new Date(Date.parse(at) + 24 * 3_600_000).toISOString(),
        }),
      () => replies(),
      () => reopen(state, { by, at, calendar, sealed: words }),
    ];
    // What few cases allow is tried whenever it is.
    const may = by.teams.includes(state.team?.teamId ?? '') && allowed(state, by).includes('reopen');
    const act = may && rest % 3 === 0 ? acts.at(-1)! : acts[pick % acts.length]!;
    this.work.take(act(), at);
  }

  private numbers(pick: number): { yes: number; no: number; noReply: number } {
    const yes = pick % (this.voices + 1);
    const no = Math.floor(pick / 7) % (this.voices + 1 - yes);
    return { yes, no, noReply: this.voices - yes - no };
  }

  private arriveAtOrigin(): boolean {
    const event = this.work.document.events[this.toOrigin];
    if (!event) return false;
    this.toOrigin += 1;
    const told = { type: event.type, ...event.data } as unknown as TeamEvent;
    // As messaging does: an origin has no handler for what it does not listen to.
    if (event.type !== 'case.assigned') this.input.take(take(this.input.state.loop, told), this.now);
    return true;
  }

  private arriveAtCasework(): boolean {
    const event = this.input.document.events[this.toCasework];
    if (!event) return false;
    this.toCasework += 1;
    const fact = { type: event.type, ...event.data } as unknown as OriginFact | InputRaised;
    const { now } = this;
    if (fact.type === 'input.raised') {
      const route = { team: transport, rule: 'buses', nextLevel: office };
      this.work.take(openCase(fact, { district: 'moon', route, hiddenFrom: [], calendar, now }), now);
    } else if (event.type !== 'input.described') this.work.take(follow(this.work.state, fact, calendar), now);
    return true;
  }

  private timePasses(pick: number): void {
    this.minutes += (pick % 20) * 24 * 60;
    if (Math.floor(pick / 20) % 2) this.input.take(wake(this.input.state.loop, this.now), this.now);
    else if (this.work.state) this.work.take(wakeCase(this.work.state, this.now), this.now);
  }
}

export const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('originator', 'originator', 'team', 'team', 'to-origin', 'to-casework', 'time'),
    fc.nat({ max: 10_000 }),
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** Both sides know everything, and then act at once: their words cross. */
const crossings = fc.array(
  fc.tuple(fc.array(fc.nat({ max: 10_000 }), { maxLength: 3 }), fc.nat({ max: 10_000 })),
  {
    maxLength: 3,
  },
);

export const together = fc.property(
  fc.constantFrom(...kinds),
  fc.constantFrom(1, 4),
  steps,
  crossings,
  (kind, voices, all, crossed) => {
    const loop = new Together(kind, 'input-1', voices);
    for (const step of all) loop.step(step);
    for (const [picks, pick] of crossed) {
      loop.reach();
      for (const its of picks) loop.step(['originator', its]);
      loop.step(['team', pick]);
    }
    loop.settle();
    loop.agree();
    loop.runOut();
    loop.agree();
  },
);
