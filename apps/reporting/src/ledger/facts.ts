import type { HearbackEvent, Publisher } from '#contracts';

/** Every event that is about one input. */
export type LedgerEvent = Extract<HearbackEvent, { inputId: string }>;

/**
 * What the ledger keeps of each event: these fields and no others. Free text, names and the ids of persons are never
 * among them, so that there are no words to blank when an originator is erased; row.ts drops `input.described` then.
 */
const kept = {
  'input.raised': [
    'origin',
    'orgId',
    'topic',
    'kind',
    'lane',
    'voices',
    'role',
    'language',
    'onBehalfOf',
    'notSeenBy',
    'heardAt',
    'linkedTo',
  ],
  'input.described': ['standings', 'groups'],
  'input.restricted': [],
  'input.message': ['messageNo'],
  'input.withdrawn': [],
  'input.erased': [],
  'answer.delivered': ['answerNo', 'how'],
  'answer.undeliverable': ['answerNo', 'channel', 'reason'],
  'closure.confirmed': ['answerNo', 'replies'],
  'closure.disputed': ['answerNo', 'partly', 'replies'],
  'closure.unconfirmed': ['answerNo', 'why'],
  'report-back.owed': ['answerNo', 'dueAt'],
  'case.routed': ['teamId', 'teamName', 'teamOrgId', 'participation', 'acknowledgeBy', 'answerBy'],
  'case.acknowledged': ['teamId', 'implied'],
  'case.assigned': [],
  'case.message': ['messageNo', 'waits'],
  'case.resumed': ['answerBy'],
  'case.transferred': ['fromTeamId', 'teamId', 'teamName', 'teamOrgId', 'acknowledgeBy', 'answerBy'],
  'case.participation-changed': ['from', 'level'],
  'case.answered': [
    'answerNo',
    'outcome',
    'participation',
    'teamId',
    'promiseDate',
    'answerRef',
    'decisionId',
  ],
  'case.reopened': ['cause', 'answerBy'],
  'target.missed': ['step', 'dueAt', 'teamId', 'escalatedTo'],
} as const satisfies { [T in LedgerEvent['type']]: readonly (keyof Extract<LedgerEvent, { type: T }>)[] };

type Kept<T extends LedgerEvent['type']> = Pick<
  Extract<LedgerEvent, { type: T }>,
  (typeof kept)[T][number] & keyof Extract<LedgerEvent, { type: T }>
>;

/** One event of a loop, as the ledger remembers it. `at` is the instant by its publisher's clock, in UTC. */
export type Fact = {
  [T in LedgerEvent['type']]: { publisher: Publisher; seq: number; type: T; at: string } & Kept<T>;
}[LedgerEvent['type']];

/** A fact of these types. */
export type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;

/** The compact fact of an event; `publisher` and `seq` are its place in its publisher's log of this input. */
export function factOf(event: LedgerEvent, publisher: Publisher, seq: number): Fact {
  const at = event.type === 'input.raised' ? event.raisedAt : event.at;
  const fact: Record<string, unknown> = { publisher, seq, type: event.type, at };
  const source = event as unknown as Record<string, unknown>;
  for (const field of kept[event.type]) {
    if (source[field] !== undefined) fact[field] = plain(source[field]);
  }
  return fact as Fact;
}

/** Nested values arrive as class instances (ReplyNumbers); the ledger stores and compares plain data. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return value !== null && typeof value === 'object' ? { ...value } : value;
}
