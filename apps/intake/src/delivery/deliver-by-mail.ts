import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { AnswerWords, MessageWords } from '#contracts';
import { Consumer, OnWork, crashPoint, unseal, unwrap } from '#messaging';
import type { Key } from '#messaging';
import { MailRefused, Mailer, config, receiptCode } from '#platform';
import type { District } from '#platform';
import type { ContactWords, Input, InputEvent } from '../inputs/input.js';
import { InputStore } from '../inputs/input.store.js';
import { receiptLink } from '../receipts/receipt-link.js';
import { composeLetter } from './letter-text.js';
import { accepted, dueLetter, givenUp, isSpent, nameOf } from './letters.js';
import type { Letter, LetterName } from './letters.js';

/** How many inputs' letters are under way at the same time, so that a slow mail server does not hold up the clocks. */
const atOnce = 8;

/** While the mail server does not answer, attempts fail without knocking again for so long, in ms. */
const downFor = 20_000;

/** How long stopping waits for mails that are under way, in ms. */
const stopWithin = 2_000;

/**
 * Takes answers and messages to the originator's own address. At least once: an attempt is recorded, then made, then
 * its result recorded, and every attempt bears the same Message-ID, so that a repeat is recognised.
 */
@Consumer()
export class DeliverByMail implements BeforeApplicationShutdown {
  private readonly logger = new Logger('delivery');
  private readonly sending = new Map<string, Promise<void>>();
  private downUntil = 0;

  constructor(
    private readonly inputs: InputStore,
    private readonly mailer: Mailer,
  ) {}

  /** Returns once there is room for it, not once it is sent. */
  @OnWork(InputStore)
  async work({ letters }: Input, id: string, district: District): Promise<void> {
    const key = `${district}/${id}`;
    if (!dueLetter(letters, new Date().toISOString()) || this.sending.has(key)) return;
    if (this.sending.size >= atOnce) await Promise.race(this.sending.values());
    const sending = this.send(id, district)
      .catch((error: unknown) =>
        this.logger.warn(
          `${id}, tried again later: ${(error as { code?: string }).code ?? (error as Error).name}`,
        ),
      )
      .finally(() => this.sending.delete(key));
    this.sending.set(key, sending);
  }

  /** Not for long: what is cut off is tried again, as the same mail. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([Promise.all(this.sending.values()), pause(stopWithin, undefined, { ref: false })]);
  }

  private async send(id: string, district: District): Promise<void> {
    const now = new Date().toISOString();
    const claimed: { letter?: Letter } = {};
    crashPoint('before delivery attempt');
    const { state, secret } = await this.inputs.change(district, id, ({ loop, letters }): InputEvent[] => {
      const letter = dueLetter(letters, now);
      claimed.letter = letter && !isSpent(letter) ? letter : undefined;
      if (claimed.letter) return [{ type: 'letter-attempted', letter: nameOf(claimed.letter), at: now }];
      // Its last attempt was made by somebody who died before saying what came of it.
      return letter ? givenUp(loop, letter, now) : [];
    });
    const { letter } = claimed;
    if (!letter || !state.contact || !secret) return;
    crashPoint('after delivery attempt');
    const key = unwrap(secret);
    const name = nameOf(letter);
    let words: AnswerWords | MessageWords | undefined;
    try {
      const { address } = await unseal<ContactWords>(key, state.contact.sealed);
      const link = receiptLink(receiptCode(district, id));
      if (state.contact.textInMessage) words = await wordsOf(state, letter, key);
      const { subject, text } = composeLetter(letter.about, state.loop.language, link, words);
      await this.knock(letter, { to: address, subject, text, messageId: messageId(id, name, district) });
    } catch (error) {
      await this.failed(district, id, name, error);
      return;
    }
    crashPoint('after delivery');
    await this.inputs.change(district, id, ({ loop }) =>
      accepted(loop, letter, words !== undefined, new Date().toISOString()),
    );
  }

  /** The last attempt is always a real one. */
  private async knock(letter: Letter, mail: Parameters<Mailer['send']>[0]): Promise<void> {
    const last = isSpent({ ...letter, attempts: letter.attempts + 1 });
    if (Date.now() < this.downUntil && !last) throw new MailServerDown();
    try {
      await this.mailer.send(mail);
    } catch (error) {
      // A "not now" is about this letter; no answer at all is about the server.
      const answered = (error as { responseCode?: number }).responseCode !== undefined;
      if (!answered && !(error instanceof MailRefused)) this.downUntil = Date.now() + downFor;
      throw error;
    }
  }

  /** A refusal for good is told at once; anything else is tried again, until the last attempt was in vain as well. */
  private async failed(district: District, id: string, name: LetterName, error: unknown): Promise<void> {
    // The reason only: a mail server's own words may hold the address.
    const refused = error instanceof MailRefused ? error.code : undefined;
    this.logger.warn(
      `${id}: ${name}: ${refused ?? (error as { code?: string }).code ?? (error as Error).name}`,
    );
    await this.inputs.change(district, id, ({ loop, letters }): InputEvent[] => {
      const letter = letters.find((one) => nameOf(one) === name);
      if (letter?.state !== 'owed' || !(refused ?? isSpent(letter))) return [];
      return givenUp(loop, letter, new Date().toISOString(), refused);
    });
  }
}

/** It did not answer a moment ago. */
class MailServerDown extends Error {
  override readonly name = 'MailServerDown';
}

async function wordsOf(
  input: Input,
  letter: Letter,
  key: Key,
): Promise<AnswerWords | MessageWords | undefined> {
  const { answers, messages } = input.loop;
  if (letter.about === 'answer') {
    const sealed = answers.find((one) => one.answerNo === letter.no)?.sealed;
    return sealed ? unseal<AnswerWords>(key, sealed) : undefined;
  }
  const sealed = messages.find((one) => one.from === 'team' && one.messageNo === letter.no)?.sealed;
  return letter.about === 'message' && sealed ? unseal<MessageWords>(key, sealed) : undefined;
}

/** Derived from the input and what the letter is about, never from the attempt. */
function messageId(inputId: string, name: LetterName, district: District): string {
  return `${inputId}.${name}.${district}@${new URL(config().publicUrl).hostname}`;
}
