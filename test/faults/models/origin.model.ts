import fc from 'fast-check';
import { RuleBroken, StateRefuses, kinds } from '#contracts';
import type { Kind } from '#contracts';
import {
  allowedActions,
  confirm,
  describe,
  dispute,
  erase,
  isSettled,
  message,
  open,
  raise,
  take,
  undeliverable,
  wake,
  withdraw,
} from '#loop';
import type { Loop, LoopEvent, TeamEvent } from '#loop';
import {
  carryConcern,
  reportBack,
  takeAnswer,
  wakeConcern,
  once as onceOfConcern,
} from '../../../apps/family-council/src/concerns/concern.js';
import type { Concern, ConcernEvent } from '../../../apps/family-council/src/concerns/concern.js';
import { concerns } from '../../../apps/family-council/src/concerns/concern.store.js';
import type { Round } from '../../../apps/family-council/src/rounds/round.js';
import { accepted, dueLetter, nameOf } from '../../../apps/intake/src/delivery/letters.js';
import { inputAggregate } from '../../../apps/intake/src/inputs/input.js';
import type { Input, InputEvent } from '../../../apps/intake/src/inputs/input.js';
import type { Session } from '../../../apps/student-voice/src/sessions/session.js';
import { closeTheme, once as onceOfTheme, raiseTheme } from '../../../apps/student-voice/src/themes/theme.js';
import type { Theme, ThemeEvent } from '../../../apps/student-voice/src/themes/theme.js';
import { themes } from '../../../apps/student-voice/src/themes/theme.store.js';
import { Kept, same } from './held.js';
import { LoopModel, day } from './loop-model.js';
import type { Expected, TeamSays } from './loop-model.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
const instant = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString();
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const calendar = { timeZone: 'America/Los_Angeles', holidays: [] };
const voices = 4;
const families = ['f1', 'f2', 'f3', 'f4'];
const raisedFacts = { inputId: 'input-1', topic: 'meals', language: 'en', sealed };

const teamSays: TeamSays[] = [
  ...([
    'routed',
    'acknowledged',
    'transferred',
    'message',
    'waits',
    'resumed',
    'answered',
    'answered',
    'planned',
  ] as const),
  ...(['repeated', 'reopened', 'disputed', 'missed'] as const),
];

/** What is done next; `pick` chooses numbers and texts. */
type Step = [
  what:
    | 'message'
    | 'withdraw'
    | 'describe'
    | 'open'
    | 'confirm'
    | 'dispute'
    | 'undeliverable'
    | 'reply'
    | 'erase'
    | 'team'
    | 'clock'
    | 'retry'
    | 'letter',
  pick: number,
];

/** How one service keeps its input, and what its own words for the group's answer are. */
interface Origin<S extends { loop: Loop }, E extends { type: string }> {
  kept: Kept<S, E>;
  voices: number;
  begin(kind: Kind): readonly E[];
  take(state: S, event: TeamEvent, now: string): readonly E[];
  wake(state: S, now: string): readonly E[];
  /** The group's word in numbers; none where one person speaks. */
  reply?(state: S, numbers: Numbers, pick: number, now: string): readonly E[];
  /** Whether the service itself refuses such numbers, which would otherwise be taken; else it remembers them. */
  refusesReply?(numbers: Numbers, pick: number): boolean;
  /** A command under a key, done once; with another body refused. */
  once?(state: S, key: string, digest: string, decide: (loop: Loop) => LoopEvent[]): readonly E[];
  /** An attempt at the letter that is due, and what came of it; says which answer it brings to its originator. */
  letter?(
    state: S,
    pick: number,
    now: string,
  ): { attempt: readonly E[]; result: (state: S) => readonly E[]; brings?: number } | undefined;
  /** @throws Error for what must never be. */
  check?(state: S): void;
}

interface Numbers {
  answerNo: number;
  yes: number;
  no: number;
  noReply: number;
}

const intake = (): Origin<Input, InputEvent> => ({
  kept: new Kept<Input, InputEvent>(inputAggregate, 'input-1'),
  voices: 1,
  begin: (kind) => [
    ...raise(
      {
        ...raisedFacts,
        ...{
          origin: 'intake',
          orgId: 'school',
          kind,
          lane: 'open',
          voices: 1,
          anonymous: true,
          reachable: true,
        },
        ...{ notSeenBy: [], raisedAt: instant(0) },
      },
      instant(0),
    ),
    {
      ...{ type: 'accepted', at: instant(0), digest: 'd', receiptHash: 'h' },
      contact: { channel: 'email', sealed, textInMessage: true },
    },
  ],
  take: (state, event) => take(state.loop, event),
  wake: (state, now) => wake(state.loop, now),
  letter(state, pick, now) {
    const letter = dueLetter(state.letters, now);
    if (!letter) return undefined;
    const name = nameOf(letter);
    const attempt: InputEvent[] = [{ type: 'letter-attempted', letter: name, at: now }];
    if (pick % 3 === 0) return { attempt, result: () => [] };
    if (pick % 3 === 1)
      return { attempt, result: () => [{ type: 'letter-refused', letter: name, reason: '550', at: now }] };
    const withWords = pick % 2 === 0;
    const brings = letter.about === 'answer' && withWords ? letter.no : undefined;
    return { attempt, result: ({ loop }) => accepted(loop, letter, withWords, now), brings };
  },
  check({ loop, letters }) {
    same(new Set(letters.map(nameOf)).size, letters.length, 'letters, each once');
    same(
      letters.filter((one) => (one.state === 'owed') !== (one.nextAt !== undefined)),
      [],
      'owed, and never due',
    );
    const owed = letters.filter((one) => one.state === 'owed');
    if (loop.erasedAt) same(letters, [], 'letters to an erased person');
    if (loop.state === 'withdrawn') same(owed, [], 'letters that are owed after a withdrawal');
    same(
      owed.filter(({ about, no }) => about === 'answer' && no < loop.answers.length),
      [],
      'letters about a replaced answer',
    );
  },
});

const studentVoice = (): Origin<Theme, ThemeEvent> => ({
  kept: new Kept<Theme, ThemeEvent>(themes, 'input-1'),
  voices,
  begin: (kind) =>
    raiseTheme(
      { orgId: 'school', responses: families } as unknown as Session,
      { sessionId: 's', responseIds: families, digest: 'd', input: { ...raisedFacts, kind } },
      instant(0),
    ),
  take: (state, event) => take(state.loop, event),
  wake: (state, now) => wake(state.loop, now),
  reply: (state, numbers, _, now) => closeTheme(state, { ...numbers, sealed }, now),
  once: (state, id, digest, decide) => onceOfTheme(state, { id, digest }, decide),
});

/** Which families a report names. */
const named = (pick: number): string[] => families.filter((_, i) => pick % 3 > 0 || (pick >> i) % 2 === 1);

const familyCouncil = (): Origin<Concern, ConcernEvent> => {
  const told = new Map<number, Set<string>>();
  const listed = families.map((familyRef) => ({ familyRef }));
  const round = { orgId: 'school', opensAt: instant(-1), closesAt: instant(99), families: listed } as Round;
  return {
    kept: new Kept<Concern, ConcernEvent>(concerns, 'input-1'),
    voices,
    begin: (kind) =>
      carryConcern(
        round,
        { roundId: 'r', families, digest: 'd', input: { ...raisedFacts, kind } },
        instant(0),
      ),
    take: (state, event, now) =>
      event.type === 'case.answered' ? takeAnswer(state, event, calendar, now) : take(state.loop, event),
    wake: (state, now) => wakeConcern(state, now),
    reply: (state, numbers, pick, now) => reportBack(state, { ...numbers, sealed }, named(pick), now),
    refusesReply({ answerNo, yes, no }, pick) {
      const all = new Set([...(told.get(answerNo) ?? []), ...named(pick)]);
      // Only families that were told can have replied.
      if (all.size === 0 || yes + no > all.size) return true;
      told.set(answerNo, all);
      return false;
    },
    once: (state, id, digest, decide) => onceOfConcern(state, { id, digest }, decide),
  };
};

/** Its own targets, which the loop's table does not know. */
const beside = ['report-back.owed', 'target.missed', 'answer.undeliverable'];

class Run<S extends { loop: Loop }, E extends { type: string }> {
  private readonly model: LoopModel;
  private minutes = 0;
  private keys = 0;
  private lastKey: { key: string; decide: (loop: Loop) => LoopEvent[] } | undefined;

  constructor(
    private readonly origin: Origin<S, E>,
    kind: Kind,
  ) {
    this.model = new LoopModel(kind, origin.voices);
    origin.kept.take(origin.begin(kind), this.now);
    this.compare();
  }

  step([what, pick]: Step): void {
    this.minutes += 1 + (pick % 5 === 0 ? (pick % 17) * day : 0);
    const { model, now, minutes } = this;
    const answerNo = Math.max(1, model.answers + (pick % 11 === 0 ? -1 : pick % 13 === 0 ? 1 : 0));
    switch (what) {
      case 'message':
        return this.command(model.message(minutes), (loop) => message(loop, { language: 'en', sealed }, now));
      case 'withdraw':
        if (pick % 4 > 0) return;
        return this.command(model.withdraw(minutes), (loop) => withdraw(loop, { sealed }, now));
      case 'describe':
        return this.plain(model.describe(minutes), (loop) =>
          describe(loop, { standings: ['most-impacted'], groups: [] }, now),
        );
      case 'open':
        return this.plain(model.open(minutes), (loop) => open(loop, 'receipt', now));
      case 'confirm':
        return this.plain(model.confirm(answerNo, minutes), (loop) => confirm(loop, answerNo, now));
      case 'dispute': {
        const partly = pick % 2 === 0;
        return this.plain(model.dispute(answerNo, partly, minutes), (loop) =>
          dispute(loop, { answerNo, partly, sealed }, now),
        );
      }
      case 'undeliverable':
        return this.plain({ publishes: [] }, (loop) =>
          undeliverable(loop, { answerNo, channel: 'email', reason: '550' }, now),
        );
      case 'reply':
        return this.reply(answerNo, pick);
      case 'erase':
        return pick % 6 > 0 ? undefined : this.plain(model.erase(minutes), (loop) => erase(loop, now));
      case 'team': {
        const any = teamSays[pick % teamSays.length]!;
        const says = any === 'repeated' && model.answers === 0 ? 'missed' : any;
        const event = teamEvent(says, model, now);
        const expected = model.told(says, minutes);
        return this.expect(expected, () => this.origin.take(this.state, event, now));
      }
      case 'clock':
        return this.expect(model.wake(minutes), () => this.origin.wake(this.state, now));
      case 'retry':
        return this.retry(pick);
      case 'letter':
        return this.letter(pick);
    }
  }

  private get state(): S {
    return this.origin.kept.state;
  }

  private get now(): string {
    return instant(this.minutes);
  }

  /** A group's word delivers what it is about, then settles it; where one person speaks there is none. */
  private reply(answerNo: number, pick: number): void {
    const { reply } = this.origin;
    if (!reply) return;
    const [yes, no] = [pick % (voices + 1), Math.floor(pick / 7) % (voices + 1)];
    const noReply = Math.max(0, voices - yes - no);
    const before = { ...this.model, said: { ...this.model.said } };
    const reached = this.model.deliver(answerNo, this.minutes);
    let expected: Expected = reached;
    if ('publishes' in reached) {
      const word = this.model.reply(answerNo, [yes, no, noReply], this.minutes);
      expected = 'publishes' in word ? { publishes: [...reached.publishes, ...word.publishes] } : word;
    }
    const numbers = { answerNo, yes, no, noReply };
    if ('publishes' in expected && this.origin.refusesReply?.(numbers, pick)) expected = { refused: 'rule' };
    // Refused as a whole: the 409 speaks of the loop once the group is told, but nothing of it has happened.
    const undo = (): void => void Object.assign(this.model, 'refused' in expected ? before : {});
    this.expect(expected, () => reply(this.state, numbers, pick, this.now), undo);
  }

  /** The same command again under the same key: nothing; with another body: refused. */
  private retry(pick: number): void {
    const { once } = this.origin;
    const last = this.lastKey;
    if (!once || !last) return;
    const expected: Expected = pick % 2 ? { publishes: [] } : { refused: 'rule' };
    this.expect(expected, () => once(this.state, last.key, pick % 2 ? 'd' : 'other', last.decide));
  }

  /** An attempt at the letter that is due, then its result. */
  private letter(pick: number): void {
    const letter = this.origin.letter?.(this.state, pick, this.now);
    if (!letter) return;
    this.expect({ publishes: [] }, () => letter.attempt);
    const { brings } = letter;
    const newest = brings !== undefined && brings === this.model.answers;
    this.expect(newest ? this.model.deliver(brings, this.minutes) : { publishes: [] }, () =>
      letter.result(this.state),
    );
  }

  /** A command that creates: under a key of its own where the service has such. */
  private command(expected: Expected, decide: (loop: Loop) => LoopEvent[]): void {
    const { once } = this.origin;
    if (!once) return this.plain(expected, decide);
    const key = `key-${(this.keys += 1)}`;
    this.expect(expected, () => once(this.state, key, 'd', decide));
    if ('publishes' in expected) this.lastKey = { key, decide };
  }

  private plain(expected: Expected, decide: (loop: Loop) => LoopEvent[]): void {
    this.expect(expected, () => decide(this.state.loop) as unknown as readonly E[]);
  }

  private expect(expected: Expected, act: () => readonly E[], undo = (): void => undefined): void {
    const { kept } = this.origin;
    const before = kept.document.count;
    let found: Expected;
    try {
      kept.take(act(), this.now);
      const published = kept.document.events.slice(before).map(({ type }) => type);
      found = { publishes: published.filter((type) => !beside.includes(type)) };
    } catch (error) {
      if (error instanceof RuleBroken) found = { refused: 'rule' };
      else if (error instanceof StateRefuses) {
        found = { refused: 'state' };
        same(error.state, this.model.state, 'state that a 409 names');
        same(error.allowed, this.model.allowed(this.minutes), 'what a 409 allows');
      } else throw error;
    }
    undo();
    same(found, expected, 'what came of it');
    this.compare();
  }

  private compare(): void {
    const { model } = this;
    const { loop } = this.state;
    same(loop.state, model.state, 'state');
    same(allowedActions(loop, this.now), model.allowed(this.minutes), 'allowed');
    same(isSettled(loop), model.settled, 'settled');
    same(loop.waiting, model.waiting, 'waiting');
    same(
      loop.answers.map(({ answerNo }) => answerNo),
      Array.from({ length: model.answers }, (_, i) => i + 1),
      'answers',
    );
    for (const side of ['originator', 'team'] as const)
      same(
        loop.messages.filter(({ from }) => from === side).length,
        model.said[side],
        `messages of the ${side}`,
      );
    this.origin.check?.(this.state);
    const { wakeAt } = this.origin.kept.document;
    const due = model.wakeAt();
    if (due !== undefined && (!wakeAt || wakeAt.toISOString() > instant(due)))
      throw new Error(`nobody looks at it at ${instant(due)}, but at ${wakeAt?.toISOString()}`);
    if (model.erased && JSON.stringify(this.state).includes(sealed))
      throw new Error('words outlive their erasure');
    if (model.erased && !model.settled && due === undefined)
      throw new Error('an erased loop is open for good');
  }
}

function teamEvent(says: TeamSays, { answers, said }: LoopModel, at: string): TeamEvent {
  const about = { inputId: 'input-1', origin: 'intake' as const, caseId: 'input-1', at };
  const team = {
    teamId: 'kitchen',
    teamName: 'Kitchen',
    teamOrgId: 'district',
    acknowledgeBy: at,
    answerBy: at,
  };
  const answer = {
    ...about,
    teamId: 'kitchen',
    participation: 'inform',
    language: 'en',
    by: 'ann',
    sealed,
  } as const;
  switch (says) {
    case 'routed':
      return { type: 'case.routed', ...about, ...team, participation: 'inform', rule: 'fallback' };
    case 'acknowledged':
      return { type: 'case.acknowledged', ...about, teamId: 'kitchen', by: 'ann' };
    case 'transferred':
      return { type: 'case.transferred', ...about, ...team, fromTeamId: 'office', by: 'ann' };
    case 'message':
    case 'waits':
      return {
        type: 'case.message',
        ...about,
        messageNo: said.team + 1,
        language: 'en',
        waits: says === 'waits',
        by: 'ann',
        sealed,
      };
    case 'resumed':
      return { type: 'case.resumed', ...about, answerBy: at };
    case 'answered':
      return { type: 'case.answered', ...answer, answerNo: answers + 1, outcome: 'done' };
    case 'planned':
      return {
        type: 'case.answered',
        ...answer,
        answerNo: answers + 1,
        outcome: 'planned',
        promiseDate: '2027-06-01',
      };
    case 'repeated':
      return { type: 'case.answered', ...answer, answerNo: answers, outcome: 'done' };
    case 'reopened':
      return { type: 'case.reopened', ...about, cause: 'team', by: 'ann', answerBy: at, sealed };
    case 'disputed':
      return { type: 'case.reopened', ...about, cause: 'dispute', answerBy: at };
    case 'missed':
      return {
        type: 'target.missed',
        inputId: 'input-1',
        origin: 'intake',
        step: 'answer',
        dueAt: at,
        teamId: 'kitchen',
        at,
      };
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>(
      ...([
        'message',
        'withdraw',
        'describe',
        'open',
        'open',
        'confirm',
        'dispute',
        'undeliverable',
        'reply',
        'reply',
      ] as const),
      ...([
        'erase',
        'team',
        'team',
        'team',
        'team',
        'team',
        'clock',
        'clock',
        'retry',
        'letter',
        'letter',
      ] as const),
    ),
    fc.nat({ max: 10_000 }),
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

function holds<S extends { loop: Loop }, E extends { type: string }>(origin: () => Origin<S, E>) {
  return fc.property(fc.constantFrom(...kinds), steps, (kind, all) => {
    const run = new Run(origin(), kind);
    for (const step of all) run.step(step);
  });
}

export const input = holds(intake);
export const theme = holds(studentVoice);
export const concern = holds(familyCouncil);
