import type { Publisher, ReplyNumbers } from '#contracts';
import type { Fact, FactOf } from './facts.js';

/** One thing that happened to a loop, in words a leader reads. */
export class Hop {
  /** When, by its publisher's clock. */
  at: string;
  publisher: Publisher;
  /** The event's type, for example `case.routed`. */
  event: string;
  what: string;
  detail?: string;
  sinceRaisedSeconds: number;
}

/**
 * A loop hop by hop. Each publisher's facts stay in their own order, no fact comes before one that it follows from, and
 * only what nothing else decides is put in order by clock. What the originator said of themselves is no hop.
 */
export function hopsOf(facts: readonly Fact[]): Hop[] {
  const raised = facts.find((fact) => fact.type === 'input.raised');
  const since = Date.parse(raised?.at ?? facts[0]?.at ?? '');
  return inOrder(facts).flatMap((fact) => {
    const words = told(fact);
    if (!words) return [];
    const [what, detail] = words;
    const seconds = Math.max(0, Date.parse(fact.at) - since) / 1000;
    const { at, publisher, type: event } = fact;
    return [{ at, publisher, event, what, ...(detail && { detail }), sinceRaisedSeconds: seconds }];
  });
}

function inOrder(facts: readonly Fact[]): Fact[] {
  const logs = [...Map.groupBy(facts, (fact) => fact.publisher).values()].map((log) => [...log]);
  const ordered: Fact[] = [];
  while (ordered.length < facts.length) {
    const heads = logs.flatMap((log) => (log[0] ? [{ log, fact: log[0] }] : []));
    const free = heads.filter(
      ({ fact }) => !heads.some((other) => other.fact !== fact && follows(fact, other.log)),
    );
    const [first] = (free.length > 0 ? free : heads).sort(
      (a, b) => Date.parse(a.fact.at) - Date.parse(b.fact.at),
    );
    ordered.push(first!.fact);
    first!.log.shift();
  }
  return ordered;
}

/** Whether something that this fact certainly follows from is still waiting in another log (see view.ts, a to c). */
function follows(fact: Fact, waiting: readonly Fact[]): boolean {
  if (waiting.some((other) => other.type === 'input.raised')) return true;
  if (fact.type === 'case.reopened') {
    return (
      fact.cause === 'dispute' &&
      waiting.some((other) => other.type === 'closure.disputed' && other.at <= fact.at)
    );
  }
  if (!('answerNo' in fact) || fact.type === 'case.answered') return false;
  return waiting.some((other) => other.type === 'case.answered' && other.answerNo === fact.answerNo);
}

/** What happened, and one plain detail; nothing of the person who spoke, no name of a person of the team. */
function told(fact: Fact): [what: string, detail?: string] | undefined {
  switch (fact.type) {
    case 'input.raised':
      return ['Raised', fact.heardAt && `heard ${fact.heardAt}`];
    case 'input.described':
    case 'input.restricted':
      return undefined;
    case 'input.message':
      return ['The originator wrote'];
    case 'input.withdrawn':
      return ['Withdrawn'];
    case 'input.erased':
      return ['Words erased'];
    case 'answer.delivered':
      return [`Answer ${fact.answerNo} delivered`, fact.how];
    case 'answer.undeliverable':
      return [`Answer ${fact.answerNo} could not be delivered`, `${fact.channel}: ${fact.reason}`];
    case 'closure.confirmed':
      return [`Answer ${fact.answerNo} confirmed: settled`, numbers(fact.replies)];
    case 'closure.disputed':
      return [
        `Answer ${fact.answerNo} ${fact.partly ? 'settles it partly' : 'disputed'}`,
        numbers(fact.replies),
      ];
    case 'closure.unconfirmed':
      return [`Answer ${fact.answerNo} unconfirmed`, fact.why];
    case 'report-back.owed':
      return [`Report back of answer ${fact.answerNo} owed`, `by ${fact.dueAt}`];
    case 'case.routed':
      return ['Routed', `${fact.teamName}, ${fact.participation}`];
    case 'case.acknowledged':
      return ['Acknowledged', fact.implied && `by ${implied[fact.implied]}`];
    case 'case.assigned':
      return ['Assigned'];
    case 'case.message':
      return ['The team wrote', fact.waits ? 'and waits for a reply' : undefined];
    case 'case.resumed':
      return ['The clock goes on', `answer by ${fact.answerBy}`];
    case 'case.transferred':
      return ['Transferred', fact.teamName];
    case 'case.participation-changed':
      return ['Participation changed', `${fact.from} → ${fact.level}`];
    case 'case.answered':
      return [
        `Answer ${fact.answerNo}`,
        fact.promiseDate ? `${fact.outcome}, by ${fact.promiseDate}` : fact.outcome,
      ];
    case 'case.reopened':
      return ['Reopened', fact.cause === 'dispute' ? 'because of the dispute' : 'by the team'];
    case 'target.missed':
      return ['Target missed', `${fact.step}, due ${fact.dueAt}`];
  }
}

const implied: Record<NonNullable<FactOf<'case.acknowledged'>['implied']>, string> = {
  assign: 'assigning',
  message: 'writing',
  answer: 'answering',
};

function numbers(replies: ReplyNumbers | undefined): string | undefined {
  return replies && `yes ${replies.yes}, no ${replies.no}, no reply ${replies.noReply}`;
}
