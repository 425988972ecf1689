import { raise, take, wake } from '#loop';
import type { Loop, LoopEvent, TeamEvent } from '#loop';
import {
  carryConcern,
  once as onceOfConcern,
  reportBack,
  takeAnswer,
  wakeConcern,
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
import type { Kind } from '#contracts';
import { Kept, same } from './held.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
export const instant = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString();
export const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const calendar = { timeZone: 'America/Los_Angeles', holidays: [] };
export const voices = 4;
const families = ['f1', 'f2', 'f3', 'f4'];
const raisedFacts = { inputId: 'input-1', topic: 'meals', language: 'en', sealed };

/** How one service keeps its input, and what its own words for the group's answer are. */
export interface Origin<S extends { loop: Loop }, E extends { type: string }> {
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

export interface Numbers {
  answerNo: number;
  yes: number;
  no: number;
  noReply: number;
}

export const intake = (): Origin<Input, InputEvent> => ({
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

export const studentVoice = (): Origin<Theme, ThemeEvent> => ({
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

export const familyCouncil = (): Origin<Concern, ConcernEvent> => {
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
