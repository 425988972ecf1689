import { isAskedWhetherSettled, isClosed, StateRefuses } from '#contracts';
import type { Kind, LoopState } from '#contracts';
import { newestAnswer } from './loop.js';
import type { Loop } from './loop.js';

const day = 24 * 3600 * 1000;

/** Days after the newest answer in which nobody was reached, or after its delivery in which nobody replied. */
export const silentDays = 30;
/** Days after delivery without a reply, at which the originator is asked once more. */
export const askAgainDays = 15;
/** Days after "yes, settled" in which "it came back" reopens the same loop; later it is a new, linked input. */
export const cameBackDays = 30;
/** How far back something heard on paper, offline or on behalf may lie before it was raised. */
export const heardDays = 60;
/** Messages of both sides that one loop holds. */
export const mostMessages = 300;

/** Words on answers (confirmed, disputed, again) of one loop: more than any person says, and a bound for its document. */
export const mostWords = 100;
/** How often an originator may describe themselves anew. */
export const mostDescriptions = 20;

/** `at` and so many days of 24 hours, as an instant. */
export function daysAfter(at: string, days: number): string {
  return new Date(Date.parse(at) + days * day).toISOString();
}

/** What an originator may do, by the names of the public calls. */
export type LoopAction = 'message' | 'confirm' | 'partly' | 'dispute' | 'withdraw' | 'about-me';

/**
 * What the originator may do now. `now` decides whether "it came back" is still in time; without it, it is.
 * Confirming what is confirmed already is taken too, and changes nothing, so it is not offered.
 */
export function allowedActions(loop: Loop, now?: string): LoopAction[] {
  if (loop.erasedAt) return [];
  return [...inState(loop, now), 'about-me'];
}

function inState(loop: Loop, now: string | undefined): LoopAction[] {
  const praise = !isAskedWhetherSettled(loop.kind);
  switch (loop.state) {
    case 'raised':
    case 'routed':
    case 'acknowledged':
    case 'answered':
      return ['message', 'withdraw'];
    case 'delivered':
    case 'promised':
      return praise ? ['message', 'confirm'] : ['message', 'confirm', 'partly', 'dispute'];
    case 'disputed':
      return mayTakeBack(loop) ? ['message', 'confirm'] : ['message'];
    case 'confirmed':
      return !praise && cameBackInTime(loop, now) ? ['partly', 'dispute'] : [];
    case 'unconfirmed':
      return praise ? ['confirm'] : ['confirm', 'partly', 'dispute'];
    case 'unsettled':
      return ['message'];
    case 'withdrawn':
      return [];
  }
}

/**
 * The last word on the newest answer wins until the team acts. A disputed plan is not taken back: accepting one
 * publishes nothing that could outdo the dispute.
 */
function mayTakeBack(loop: Loop): boolean {
  const newest = newestAnswer(loop);
  return newest !== undefined && !newest.teamActed && newest.outcome !== 'planned';
}

function cameBackInTime(loop: Loop, now: string | undefined): boolean {
  return now === undefined || now <= daysAfter(loop.since, cameBackDays);
}

/**
 * Whether a loop needs nothing more of anybody. Praise is not asked whether it is settled: once its thanks are
 * delivered it counts as closed, though its state stays `delivered`, because `confirmed` is the originator's word only.
 */
export function isSettled(loop: { kind: Kind; state: LoopState }): boolean {
  return isClosed(loop.state) || (loop.state === 'delivered' && !isAskedWhetherSettled(loop.kind));
}

/** 409 that names the state and what is allowed, with a sentence that helps. */
export function refuse(loop: Loop, action: string, now: string, detail = ''): never {
  const reason = loop.erasedAt ? 'its words and its key were erased' : detail;
  throw new StateRefuses(action, loop.state, allowedActions(loop, now), reason);
}

export function refuseUnlessAllowed(loop: Loop, action: LoopAction, now: string): void {
  if (!allowedActions(loop, now).includes(action)) refuse(loop, action, now, advice(loop));
}

function advice(loop: Loop): string {
  switch (loop.state) {
    case 'confirmed':
      return 'it was settled; if it came back, raise a new input and link it to this one';
    case 'withdrawn':
      return 'it was withdrawn; raise a new input';
    case 'answered':
      return 'open the receipt to read the answer first';
    default:
      return '';
  }
}
