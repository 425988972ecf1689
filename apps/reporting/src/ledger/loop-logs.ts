import type { Publisher } from '#contracts';
import { factOf } from './facts.js';
import type { Fact, LedgerEvent } from './facts.js';
import { evolveRow } from './row.js';
import type { Row } from './row.js';

/** For specs: an event in a few words; everything that the ledger does not read is filled in by `log`. */
export type Told = {
  [T in LedgerEvent['type']]: { type: T } & Partial<Extract<LedgerEvent, { type: T }>>;
}[LedgerEvent['type']];

/** Monday, 2 November 2026, 09:00 in Los Angeles, and so many minutes. */
export function minute(minutes: number): string {
  return new Date(Date.parse('2026-11-02T17:00:00.000Z') + minutes * 60_000).toISOString();
}

export function day(days: number): string {
  return minute(days * 24 * 60);
}

const usual: Partial<Record<LedgerEvent['type'], object>> = {
  'input.raised': {
    orgId: '00417-012',
    topic: 'transport',
    kind: 'concern',
    lane: 'open',
    voices: 1,
    role: 'family',
    language: 'en',
    notSeenBy: [],
  },
  'answer.delivered': { answerNo: 1, how: 'receipt' },
  'answer.undeliverable': { answerNo: 1, channel: 'email', reason: '550' },
  'closure.confirmed': { answerNo: 1 },
  'closure.disputed': { answerNo: 1, partly: false },
  'closure.unconfirmed': { answerNo: 1, why: 'silent' },
  'report-back.owed': { answerNo: 1, dueAt: day(14) },
  'case.routed': {
    teamId: 'transport',
    teamName: 'Transport',
    teamOrgId: '00417',
    participation: 'consult',
    acknowledgeBy: day(1),
    answerBy: day(7),
  },
  'case.acknowledged': { teamId: 'transport' },
  'case.message': { messageNo: 1, waits: false },
  'case.resumed': { answerBy: day(9) },
  'case.transferred': {
    fromTeamId: 'transport',
    teamId: 'nutrition',
    teamName: 'Nutrition',
    teamOrgId: '00417',
    acknowledgeBy: day(1),
    answerBy: day(7),
  },
  'case.answered': { answerNo: 1, outcome: 'done', participation: 'consult', teamId: 'transport' },
  'case.reopened': { cause: 'dispute', answerBy: day(14) },
};

/** One publisher's log of an input, numbered from 1; each event a minute after the one before, unless it says when. */
export function log(publisher: Publisher, ...events: Told[]): Fact[] {
  return events.map((told, i) => {
    const at = minute(i);
    const event = { inputId: 'input-1', origin: publisher, at, raisedAt: at, ...usual[told.type], ...told };
    return factOf(event as unknown as LedgerEvent, publisher, i + 1);
  });
}

/** The row that learned these facts in this order. */
export function rowOf(...facts: Fact[]): Row {
  return facts.reduce<Row>((row, fact) => evolveRow(row, { type: 'learned', fact }), {
    facts: [],
    dirty: false,
  });
}
