import type { OwedMail } from '../case.js';
import type { MailOwed } from '../case-event.js';
import { later } from './time.js';

/** A mail that the team is owed from now on. `what` is unique within the case. */
export function owedMail(
  what: string,
  about: OwedMail['about'],
  teamId: string,
  at: string,
  more: Pick<OwedMail, 'step' | 'dueAt' | 'toLead'> = {},
): MailOwed {
  return { type: 'mail-owed', mail: { what, about, teamId, ...more, tries: 0, nextTryAt: at } };
}

/** Attempts, over some two days, after which a mail is given up; the queue shows the case all the same. */
export const mostTries = 54;

/** Half a minute, doubled after each failure, an hour at most. */
export function nextTry(tries: number, now: string): string {
  return later(now, Math.min(3_600_000, 30_000 * 2 ** Math.min(tries, 10)));
}
