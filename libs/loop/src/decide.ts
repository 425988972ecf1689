import { RuleBroken } from '#contracts';
import type { Channel, DeliveredHow, InputErased, InputRaised, InputWithdrawn, Standing } from '#contracts';
import { newestAnswer } from './loop.js';
import type { Loop, OriginEvent } from './loop.js';
import {
  daysAfter,
  heardDays,
  mostDescriptions,
  mostMessages,
  refuse,
  refuseUnlessAllowed,
} from './rules.js';

/** What an origin says when it raises: the whole of input.raised. */
export type RaiseFacts = Omit<InputRaised, 'type'>;

/**
 * A new loop. `now` is the origin's clock. RuleBroken when raisedAt lies in the future, or when heardAt lies after
 * raisedAt or more than 60 days before it.
 */
export function raise(facts: RaiseFacts, now: string): InputRaised[] {
  if (facts.raisedAt > now)
    throw new RuleBroken('raisedAt', 'not-in-the-future', 'raisedAt lies in the future');
  if (facts.heardAt && facts.heardAt > facts.raisedAt) {
    throw new RuleBroken('heardAt', 'not-in-the-future', 'heardAt lies after the input was raised');
  }
  if (facts.heardAt && facts.heardAt < daysAfter(facts.raisedAt, -heardDays)) {
    throw new RuleBroken(
      'heardAt',
      `at-most-${heardDays}-days-back`,
      `heardAt is more than ${heardDays} days back`,
    );
  }
  return [{ type: 'input.raised', ...facts }];
}

/** The originator writes to the team; ends any waiting. `sealed` holds MessageWords. */
export function message(loop: Loop, words: { language: string; sealed: string }, now: string): OriginEvent[] {
  refuseUnlessAllowed(loop, 'message', now);
  if (loop.messages.length >= mostMessages) {
    throw new RuleBroken(
      'text',
      `at-most-${mostMessages}-messages`,
      `a loop holds ${mostMessages} messages at most`,
    );
  }
  const messageNo = loop.messages.filter((m) => m.from === 'originator').length + 1;
  return [{ type: 'input.message', inputId: loop.inputId, messageNo, ...words, at: now }];
}

/** The originator takes the input back: only until an answer is delivered. `sealed` holds ReasonWords. */
export function withdraw(loop: Loop, words: { sealed?: string }, now: string): OriginEvent[] {
  refuseUnlessAllowed(loop, 'withdraw', now);
  return [withdrawn(loop, words, now)];
}

function withdrawn(loop: Loop, words: { sealed?: string }, now: string): InputWithdrawn {
  return {
    type: 'input.withdrawn',
    inputId: loop.inputId,
    at: now,
    ...(words.sealed && { sealed: words.sealed }),
  };
}

/** An answer reached its originator. A fact, so that it is taken once and never refused, unless the answer is an old one. */
export function deliver(loop: Loop, answerNo: number, how: DeliveredHow, now: string): OriginEvent[] {
  if (loop.state === 'withdrawn' || loop.erasedAt) return [];
  const answer = theNewest(loop, 'deliver', answerNo, now);
  if (answer.deliveredAt) return [];
  return [{ type: 'answer.delivered', inputId: loop.inputId, answerNo, how, at: now }];
}

/** The originator opened the receipt, or a session its result: that delivers the newest answer, if there is one. */
export function open(loop: Loop, how: DeliveredHow, now: string): OriginEvent[] {
  const newest = newestAnswer(loop);
  return newest ? deliver(loop, newest.answerNo, how, now) : [];
}

/** A channel refused the newest answer for good. Not when it is delivered, replaced, or refused already. */
export function undeliverable(
  loop: Loop,
  refusal: { answerNo: number; channel: Channel; reason: string },
  now: string,
): OriginEvent[] {
  const newest = newestAnswer(loop);
  if (newest?.answerNo !== refusal.answerNo || newest.deliveredAt || newest.undeliverable) return [];
  if (loop.state === 'withdrawn') return [];
  return [{ type: 'answer.undeliverable', inputId: loop.inputId, ...refusal, at: now }];
}

/** The originator says something about themselves; the last word counts. */
export function describe(
  loop: Loop,
  about: { standings: Standing[]; groups: string[] },
  now: string,
): OriginEvent[] {
  refuseUnlessAllowed(loop, 'about-me', now);
  if ((loop.described?.times ?? 0) >= mostDescriptions) {
    throw new RuleBroken('standings', `at-most-${mostDescriptions}-times`, 'this was described often enough');
  }
  return [{ type: 'input.described', inputId: loop.inputId, ...about, at: now }];
}

/**
 * The person goes, the count stays. A loop that is open is closed with it, because nobody could read what follows:
 * withdrawn before delivery, unconfirmed (no further word will come) after it. Again: nothing.
 */
export function erase(loop: Loop, now: string): OriginEvent[] {
  if (loop.erasedAt) return [];
  const gone: InputErased = { type: 'input.erased', inputId: loop.inputId, at: now };
  switch (loop.state) {
    case 'raised':
    case 'routed':
    case 'acknowledged':
    case 'answered':
    // A dispute has taken the answer back, as a reopening by the team does: either way it is work that ends unanswered.
    case 'disputed':
      return [withdrawn(loop, {}, now), gone];
    case 'delivered':
    case 'promised': {
      const answerNo = newestAnswer(loop)?.answerNo ?? 1;
      return [{ type: 'closure.unconfirmed', inputId: loop.inputId, answerNo, why: 'silent', at: now }, gone];
    }
    default:
      return [gone];
  }
}

/** The answer that a word is about: 422 when there is no such answer, 409 when it is not the newest. */
export function theNewest(loop: Loop, action: string, answerNo: number, now: string) {
  const newest = newestAnswer(loop);
  if (!newest || answerNo > newest.answerNo) {
    throw new RuleBroken('answerNo', 'known-answer', `there is no answer ${answerNo} to this input`);
  }
  if (answerNo < newest.answerNo) {
    refuse(loop, `${action} answer ${answerNo}`, now, `answer ${newest.answerNo} has replaced it`);
  }
  return newest;
}
