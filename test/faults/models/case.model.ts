import fc from 'fast-check';
import { NotPermitted, RuleBroken, StateRefuses, kinds, outcomes, participationLevels } from '#contracts';
import type { Kind, LoopState, Outcome, Participation } from '#contracts';
import { caseAggregate } from '../../../apps/casework/src/cases/case.aggregate.js';
import type { Case } from '../../../apps/casework/src/cases/case.js';
import type { CaseEvent } from '../../../apps/casework/src/cases/case-event.js';
import { answer, reopen } from '../../../apps/casework/src/cases/rules/answer.js';
import { wake } from '../../../apps/casework/src/cases/rules/clock.js';
import { follow } from '../../../apps/casework/src/cases/rules/follow.js';
import type { OriginFact } from '../../../apps/casework/src/cases/rules/follow.js';
import { allowed } from '../../../apps/casework/src/cases/rules/may.js';
import type { By } from '../../../apps/casework/src/cases/rules/may.js';
import { openCase } from '../../../apps/casework/src/cases/rules/open.js';
import { transfer } from '../../../apps/casework/src/cases/rules/transfer.js';
import {
  acknowledge,
  assign,
  changeParticipation,
  message,
  note,
} from '../../../apps/casework/src/cases/rules/work.js';
import { CaseModel } from './case-model.js';
import type { Act, Expected, Person, Said } from './case-model.js';
import { Kept, same } from './held.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
const instant = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString();
const minutesOf = (at: string): number => (Date.parse(at) - begun) / 60_000;
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const words = { 'input-1': sealed };
const calendar = { timeZone: 'America/Los_Angeles', holidays: [] };
const teams = ['transport', 'nutrition'].map((teamId) => ({ teamId, name: teamId, orgId: 'district' }));
const people: Person[] = [
  { userId: 'tariq', team: 'transport', lead: false },
  { userId: 'lena', team: 'transport', lead: true },
  { userId: 'nadia', team: 'nutrition', lead: false },
  { userId: 'odette', team: 'office', lead: true },
];
const by = ({ userId, team, lead }: Person): By => ({ userId, lead, teams: [team], marks: [`team:${team}`] });
const day = 24 * 60;

const acts: Act[] = [
  'acknowledge',
  'assign',
  'message',
  'note',
  'transfer',
  'participation',
  'answer',
  'answer',
  'reopen',
];
const facts: Said[] = [
  'message',
  'delivered',
  'delivered',
  'undeliverable',
  'confirmed',
  'disputed',
  'partly',
  'unconfirmed',
  'withdrawn',
  'erased',
];
/** A person of a team acts, the origin says something, or time passes. */
type Step = [who: 'team' | 'origin' | 'time', what: number, pick: number];

class Run {
  private readonly kept = new Kept<Case, CaseEvent>(caseAggregate, 'input-1');
  private readonly model: CaseModel;
  private minutes = 0;

  constructor(kind: Kind, topic: string) {
    const raised = {
      ...({
        type: 'input.raised',
        inputId: 'input-1',
        origin: 'intake',
        orgId: 'school',
        lane: 'open',
      } as const),
      ...{
        voices: 1,
        language: 'en',
        anonymous: true,
        reachable: true,
        notSeenBy: [],
        raisedAt: this.now,
        sealed,
      },
      ...{ topic, kind },
    };
    const route = { team: teams[0]!, rule: 'r', nextLevel: { orgId: 'district', teamId: 'office' } };
    this.kept.take(
      openCase(raised, { district: 'moon', route, hiddenFrom: [], calendar, now: this.now }),
      this.now,
    );
    const routed = this.kept.document.events[0]!.data as { acknowledgeBy: string; answerBy: string };
    this.model = new CaseModel(
      kind,
      this.kept.state.participation!,
      minutesOf(routed.acknowledgeBy),
      minutesOf(routed.answerBy),
    );
    this.compare();
  }

  step([who, what, pick]: Step): void {
    this.minutes += 1 + (pick % 7 === 0 ? (pick % 12) * day : 0);
    if (who === 'team') this.act(acts[what % acts.length]!, people[pick % 11 === 0 ? 3 : pick % 3]!, pick);
    else if (who === 'origin') this.fact(facts[what % facts.length]!, pick);
    else this.expect(this.model.wake(this.minutes), () => wake(this.kept.state, this.now));
  }

  private get now(): string {
    return instant(this.minutes);
  }

  private act(act: Act, person: Person, pick: number): void {
    const { state } = this.kept;
    const common = { by: by(person), at: this.now };
    const { model } = this;
    switch (act) {
      case 'acknowledge':
        return this.expect(model.acknowledge(person), () => acknowledge(state, common));
      case 'assign': {
        const userId = people[pick % 2]!.userId;
        return this.expect(model.assign(person, userId), () => assign(state, { ...common, userId }));
      }
      case 'message': {
        const waits = pick % 2 === 0;
        const said = { ...common, language: 'en', waits, sealed: words };
        return this.expect(model.message(person, waits), () => message(state, said));
      }
      case 'note':
        return this.expect(model.note(person), () => note(state, { ...common, sealed }));
      case 'transfer': {
        const team = teams[pick % 2]!;
        const offer = { ...common, team, silentUntil: instant(this.minutes + day), sealed };
        return this.expect(model.transfer(person, team.teamId, this.minutes + day), () =>
          transfer(state, offer),
        );
      }
      case 'participation': {
        const level: Participation = participationLevels[pick % participationLevels.length]!;
        const why = pick % 2 ? { reason: 'because', sealed: words } : {};
        return this.expect(model.participation(person, level, pick % 2 === 1), () =>
          changeParticipation(state, { ...common, level, ...why }),
        );
      }
      case 'answer':
        return this.answer(person, pick);
      case 'reopen':
        return this.expect(model.reopen(person), () => reopen(state, { ...common, calendar, sealed: words }));
    }
  }

  /** With what its outcome and its level owe, or without. */
  private answer(person: Person, pick: number): void {
    const outcome: Outcome = outcomes[pick % 9 === 0 ? Math.floor(pick / 9) % outcomes.length : 0]!;
    const complete = pick % 5 > 0;
    const owed = complete && {
      ...{ shapedBy: 'so', reason: 'why', handedTo: 'them' },
      ...(outcome === 'planned' && { promiseDate: '2028-06-01' }),
      ...(outcome === 'already answered' && { answerRef: 'input-1' }),
    };
    const said = {
      by: by(person),
      at: this.now,
      today: this.now.slice(0, 10),
      outcome,
      language: 'en',
      sealed: words,
    };
    this.expect(this.model.answer(person, outcome, complete), () =>
      answer(this.kept.state, { ...said, ...owed }),
    );
  }

  private fact(said: Said, pick: number): void {
    const { model } = this;
    const answerNo = pick % 4 === 0 ? model.answers - 1 : model.answers;
    const expected = model.said(said, answerNo, pick);
    if (!expected) return;
    const types: Record<Said, OriginFact['type']> = {
      ...{ message: 'input.message', withdrawn: 'input.withdrawn', erased: 'input.erased' },
      ...{
        delivered: 'answer.delivered',
        undeliverable: 'answer.undeliverable',
        unconfirmed: 'closure.unconfirmed',
      },
      ...{ confirmed: 'closure.confirmed', disputed: 'closure.disputed', partly: 'closure.disputed' },
    } as const;
    const fact = {
      ...{
        type: types[said],
        inputId: 'input-1',
        at: this.now,
        answerNo,
        messageNo: model.messages,
        language: 'en',
      },
      ...{ partly: said === 'partly', how: 'receipt', channel: 'email', reason: '550', why: 'silent' },
      ...(['message', 'disputed', 'withdrawn'].includes(said) && { sealed }),
    } as unknown as OriginFact;
    this.expect(expected, () => follow(this.kept.state, fact, calendar));
  }

  private expect(expected: Expected, act: () => CaseEvent[]): void {
    const before = this.kept.document.count;
    let found: Expected;
    try {
      const events = act();
      this.kept.take(events, this.now);
      for (const event of events) this.remember(event);
      found = { publishes: this.kept.document.events.slice(before).map(({ type }) => type) };
    } catch (error) {
      if (error instanceof RuleBroken) found = { refused: 'rule' };
      else if (error instanceof NotPermitted) found = { refused: 'person' };
      else if (error instanceof StateRefuses) {
        found = { refused: 'state' };
        same(error.state, this.model.state, 'state that a 409 names');
      } else throw error;
    }
    same(found, expected, 'what came of it');
    this.compare();
  }

  /** Mails that are owed: each has a name of its own in this case, else its repeat is taken for the same mail. */
  private readonly mails = new Set<string>();

  /** What the model cannot know by itself: the new targets that the events name. */
  private remember(event: CaseEvent): void {
    if (event.type === 'case.reopened' || event.type === 'case.resumed')
      this.model.answerBy = minutesOf(event.answerBy);
    if (event.type !== 'mail-owed') return;
    if (this.mails.has(event.mail.what)) throw new Error(`a second mail is called '${event.mail.what}'`);
    this.mails.add(event.mail.what);
  }

  private compare(): void {
    const { model } = this;
    const { state, document } = this.kept;
    const [input] = state.inputs;
    same(input!.state, model.state, 'state');
    same(
      [state.team?.teamId, state.pending?.team.teamId],
      [model.team, model.pending?.team],
      'team, and who it is offered to',
    );
    same([state.takenOn, state.assignee], [model.takenOn, model.assignee], 'who has it');
    same(state.participation, model.level, 'participation');
    same(input!.clock!.waitingSince !== undefined, model.waiting, 'waiting');
    same(
      state.answers.map(({ answerNo }) => answerNo),
      Array.from({ length: model.answers }, (_, i) => i + 1),
      'answers',
    );
    for (const person of people) {
      const may = model.allowed(person);
      if (may) same(allowed(state, by(person)), may, `what ${person.userId} may do`);
    }
    const due = model.wakeAt();
    if (due !== undefined && (!document.wakeAt || document.wakeAt.toISOString() > instant(due)))
      throw new Error(`nobody looks at it at ${instant(due)}, but at ${document.wakeAt?.toISOString()}`);
    if (model.erased && JSON.stringify(state).includes(sealed))
      throw new Error('words outlive their erasure');
    const open: LoopState[] = ['routed', 'acknowledged', 'disputed'];
    if (!open.includes(model.state) && model.waiting)
      throw new Error('waits for an originator to whom nothing is owed');
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('team', 'team', 'team', 'origin', 'origin', 'time'),
    fc.nat({ max: 89 }),
    fc.nat({ max: 10_000 }),
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

export const cases = fc.property(
  fc.constantFrom(...kinds),
  fc.constantFrom('meals', 'transport'),
  steps,
  (kind, topic, all) => {
    const run = new Run(kind, topic);
    for (const step of all) run.step(step);
  },
);
