import type { District } from '#testing';
import type { Walk } from './walk.js';

interface Mail {
  messageId: string;
  subject: string;
  text: string;
}

interface StoredLetter {
  about: 'answer' | 'message' | 'asked-again';
  no: number;
  state: string;
}

/**
 * Letters to an originator's address: one for each word of the team and for the newest answer; each that counts as sent
 * is in the mailbox; whatever came twice has the same Message-ID. What is owed may be on its way for hours, so it is
 * looked up where it is kept.
 */
export async function checkLetters(
  district: District,
  { name, originator: { address, inputId }, teamWrote, answers }: Walk,
): Promise<string[]> {
  if (!address) return [];
  const where = `${inputId} (${name}): mail`;
  const mails = await mailsTo(district, address);
  const stored = await district
    .db('intake')
    .collection('inputs')
    .findOne({ id: inputId }, { projection: { 'state.letters': 1 } });
  const letters = (stored?.['state'] as { letters: StoredLetter[] } | undefined)?.letters ?? [];
  const broken: string[] = [];
  const expect = (about: StoredLetter['about'], texts: string[]): void => {
    texts.forEach((text, i) => {
      const letter = letters.find((one) => one.about === about && one.no === i + 1);
      // An answer that a newer one has replaced before its letter went out needs none.
      if (!letter && about === 'answer' && i + 1 < texts.length) return;
      const came = mails.some((mail) => mail.text.includes(text));
      if (!letter) broken.push(`${where}: no letter about '${text}'`);
      else if (letter.state === 'sent' && !came)
        broken.push(`${where}: '${text}' counts as sent and never came`);
      else if (!['sent', 'owed'].includes(letter.state))
        broken.push(`${where}: '${text}' is ${letter.state}`);
    });
  };
  expect('message', teamWrote);
  expect('answer', answers);
  for (const [text, alike] of Map.groupBy(mails, (mail) => `${mail.subject} ${mail.text}`)) {
    const ids = new Set(alike.map(({ messageId }) => messageId));
    if (ids.size > 1) broken.push(`${where}: '${text.slice(0, 60)}' came under ${ids.size} Message-IDs`);
  }
  return broken;
}

async function mailsTo(district: District, address: string): Promise<Mail[]> {
  const response = await fetch(`${district.mailbox}/api/mails?to=${encodeURIComponent(address)}`);
  return ((await response.json()) as { items: Mail[] }).items;
}
