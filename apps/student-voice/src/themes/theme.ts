import { RuleBroken } from '#contracts';
import type { InputWords } from '#contracts';
import { deliver, evolveLoop, isRepeat, raise, reply, wakeAt } from '#loop';
import type { Loop, LoopEvent, RaiseFacts } from '#loop';
import type { Session } from '../sessions/session.js';

/** What a session's responses say together, raised as one input. Its id is the input's. */
export interface Theme {
  sessionId: string;
  /** The distinct responses that it was drawn from; their number is its voices. */
  responseIds: string[];
  /** Of the request that raised it: the same key with another body is refused. */
  digest: string;
  /** Messages and withdrawals that were taken: a retry under the same Idempotency-Key changes nothing. */
  commands?: { id: string; digest: string }[];
  loop: Loop;
}

/** An internal fact; the loop begins with it. */
export interface ThemeDrawn {
  type: 'theme.drawn';
  sessionId: string;
  responseIds: string[];
  digest: string;
  raised: Extract<LoopEvent, { type: 'input.raised' }>;
}

/** An internal fact: a command that creates was taken. */
export interface CommandTaken {
  type: 'theme.command-taken';
  id: string;
  digest: string;
}

export type ThemeEvent = ThemeDrawn | CommandTaken | LoopEvent;

/** What `sealed` of a theme's input holds: `text` begins with the title, so that the team reads both. */
export interface ThemeWords extends InputWords {
  title: string;
}

export function themeWords(title: string, text: string): ThemeWords {
  return { title, text: `${title}\n\n${text}` };
}

/** The text without its title. */
export function bodyOf({ title, text }: ThemeWords): string {
  return text.slice(title.length + 2);
}

export function raiseTheme(
  session: Session,
  command: Pick<Theme, 'sessionId' | 'responseIds' | 'digest'> & {
    input: Pick<RaiseFacts, 'inputId' | 'topic' | 'kind' | 'language' | 'heardAt' | 'sealed'>;
  },
  now: string,
): ThemeEvent[] {
  const { sessionId, digest, input } = command;
  const known = new Set(session.responses);
  command.responseIds.forEach((responseId, i) => {
    if (known.has(responseId)) return;
    throw new RuleBroken(
      `responseIds.${i}`,
      'known-response',
      `there is no response ${responseId} in this session`,
    );
  });
  const responseIds = [...new Set(command.responseIds)];
  const [raised] = raise(
    {
      ...input,
      origin: 'student-voice',
      orgId: session.orgId,
      lane: 'open',
      voices: responseIds.length,
      role: 'student',
      anonymous: true,
      // Every participant keeps a code that opens the result, and the adviser asks the group.
      reachable: true,
      notSeenBy: [],
      raisedAt: now,
    },
    now,
  );
  if (!raised) return [];
  return [{ type: 'theme.drawn', sessionId, responseIds, digest, raised }, raised];
}

/** The group's word, in numbers: what they were asked about has reached them, and it settles it or not. */
export function closeTheme(
  theme: Theme,
  word: { answerNo: number; yes: number; no: number; noReply: number; sealed?: string },
  now: string,
): ThemeEvent[] {
  const reached = deliver(theme.loop, word.answerNo, 'session', now);
  return [...reached, ...reply(reached.reduce<Loop>(evolveLoop, theme.loop), word, now)];
}

/** Takes a command once: again under the same key it changes nothing, and with another body it is refused. */
export function once(
  theme: Theme,
  command: { id: string; digest: string },
  decide: (loop: Loop) => LoopEvent[],
): ThemeEvent[] {
  const before = theme.commands?.find(({ id }) => id === command.id);
  if (isRepeat(before, command)) return [];
  return [...decide(theme.loop), { type: 'theme.command-taken', ...command }];
}

export function evolveTheme(state: Theme | undefined, event: ThemeEvent): Theme {
  if (event.type === 'theme.drawn') {
    const { type: _, raised, ...drawn } = event;
    return { ...drawn, loop: evolveLoop(undefined, raised) };
  }
  if (!state) throw new Error(`${event.type} before theme.drawn`);
  if (event.type === 'theme.command-taken') {
    const { id, digest } = event;
    return { ...state, commands: [...(state.commands ?? []), { id, digest }] };
  }
  return { ...state, loop: evolveLoop(state.loop, event) };
}

export function wakeThemeAt(theme: Theme): string | undefined {
  return wakeAt(theme.loop);
}
