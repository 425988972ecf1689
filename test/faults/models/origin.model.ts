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
  undeliverable,
  withdraw,
} from '#loop';
import type { Loop, LoopEvent } from '#loop';
import { same } from './held.js';
import { LoopModel, day } from './loop-model.js';
import type { Expected } from './loop-model.js';
import { familyCouncil, instant, intake, sealed, studentVoice, voices } from './origins.js';
import type { Origin } from './origins.js';
import { teamEvent, teamSays } from './team-says.js';

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
