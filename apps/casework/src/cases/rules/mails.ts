import { StateRefuses, Unknown } from '#contracts';
import type { Case, OwedMail } from '../case.js';
import type { MailOwed, MailResent } from '../case-event.js';
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

export const deliveryStates = ['exhausted', 'refused', 'owed'] as const;
/** `exhausted`: tried in vain to the end. `refused`: for good, or there is no address. `owed`: still tried by itself. */
export type DeliveryState = (typeof deliveryStates)[number];

/** A mail that its team has not got. */
export interface Delivery {
  mail: OwedMail;
  state: DeliveryState;
  reason?: string;
  endedAt?: string;
}

export function deliveriesOf({ mails, undelivered = [] }: Case): Delivery[] {
  return [
    ...mails.map((mail): Delivery => ({ mail, state: 'owed' })),
    ...undelivered.map((mail): Delivery => ({
      mail,
      state: mail.result === 'given up' ? 'exhausted' : 'refused',
      reason:
        mail.result === 'given up'
          ? 'no answer from the mail server'
          : (mail.code ?? 'the team has no address for it'),
      endedAt: mail.at,
    })),
  ];
}

/**
 * By hand, and all attempts begin anew: only what is not tried any more.
 * @throws Unknown for a mail that there is not, or that was sent; StateRefuses while it is owed.
 */
export function resendMail(
  state: Case,
  what: string,
  { by, why }: { by: string; why: string },
  at: string,
): MailResent[] {
  const delivery = deliveriesOf(state).find(({ mail }) => mail.what === what);
  if (!delivery) throw new Unknown('delivery');
  if (delivery.state === 'owed')
    throw new StateRefuses('resend', 'owed', [], `it is tried by itself, next at ${delivery.mail.nextTryAt}`);
  return [{ type: 'mail-resent', what, by, why, at }];
}
