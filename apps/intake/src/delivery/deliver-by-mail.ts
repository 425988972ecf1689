import { Logger } from '@nestjs/common';
import type { AnswerWords, MessageWords } from '#contracts';
import { undeliverable } from '#loop';
import { Consumer, OnWork, crashPoint, unseal, unwrap } from '#messaging';
import type { Key } from '#messaging';
import { MailRefused, Mailer, config, receiptCode } from '#platform';
import type { District } from '#platform';
import type { ContactWords, Input, InputEvent } from '../inputs/input.js';
import { InputStore } from '../inputs/input.store.js';
import { receiptLink } from '../receipts/receipt-link.js';
import { composeLetter } from './letter-text.js';
import { accepted, dueLetter, nameOf } from './letters.js';
import type { Letter, LetterName } from './letters.js';

/**
 * Takes answers and messages to the originator's own address. At least once: an attempt is recorded, then made, then
 * its result recorded, and every attempt bears the same Message-ID, so that a repeat is recognised.
 */
@Consumer()
export class DeliverByMail {
  private readonly logger = new Logger('delivery');

  constructor(
    private readonly inputs: InputStore,
    private readonly mailer: Mailer,
  ) {}

  @OnWork(InputStore)
  async work(_state: Input, id: string, district: District): Promise<void> {
    const now = new Date().toISOString();
    const claimed: { letter?: Letter } = {};
    crashPoint('before delivery attempt');
    const { state, secret } = await this.inputs.change(district, id, (input) => {
      claimed.letter = dueLetter(input.letters, now);
      return claimed.letter ? [{ type: 'letter-attempted', letter: nameOf(claimed.letter), at: now }] : [];
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
      await this.mailer.send({ to: address, subject, text, messageId: messageId(id, name, district) });
    } catch (error) {
      await this.failed(district, id, letter, error);
      return;
    }
    crashPoint('after delivery');
    await this.inputs.change(district, id, ({ loop }) =>
      accepted(loop, letter, words !== undefined, new Date().toISOString()),
    );
  }

  /** A refusal for good is told at once; anything else is tried again, until the last attempt was in vain as well. */
  private async failed(district: District, id: string, letter: Letter, error: unknown): Promise<void> {
    const name = nameOf(letter);
    // The reason only: a mail server's own words may hold the address.
    const refused = error instanceof MailRefused ? error.code : undefined;
    this.logger.warn(
      `${id}: ${name}: ${refused ?? (error as { code?: string }).code ?? (error as Error).name}`,
    );
    await this.inputs.change(district, id, ({ loop, letters }) => {
      const at = new Date().toISOString();
      const exhausted = letters.find((one) => nameOf(one) === name)?.state === 'exhausted';
      const reason = refused ?? (exhausted ? 'no answer from the mail server' : undefined);
      if (!reason) return [];
      const told: InputEvent[] =
        letter.about === 'answer'
          ? undeliverable(loop, { answerNo: letter.no, channel: 'email', reason }, at)
          : [];
      return [
        ...(refused ? [{ type: 'letter-refused' as const, letter: name, reason: refused, at }] : []),
        ...told,
      ];
    });
  }
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
