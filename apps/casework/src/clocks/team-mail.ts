import { createHash } from 'node:crypto';
import { topics } from '#contracts';
import type { Case, OwedMail } from '../cases/case.js';

/** What a mail to a team says: topic, due and link. Never the text, and nothing about who spoke. */
export function teamMail(
  state: Case,
  mail: OwedMail,
  place: { publicUrl: string; timeZone: string; orgName: string },
): { subject: string; text: string; messageId: string } {
  const topic = topics.find((one) => one.id === state.topic)?.name ?? state.topic;
  const { what, subject } = lines(mail, topic, place.orgName);
  const due = mail.dueAt && `Due: ${mail.step ? `${mail.step} by ` : ''}${local(mail.dueAt, place.timeZone)}`;
  const link = `${place.publicUrl}/team/cases/${encodeURIComponent(state.caseId)}`;
  const text = [
    what,
    '',
    `Topic: ${topic}`,
    `Organisation: ${place.orgName}`,
    ...(due ? [due] : []),
    '',
    link,
    '',
  ].join('\n');
  return { subject, text, messageId: messageId(state.district, state.caseId, mail.what) };
}

function lines(mail: OwedMail, topic: string, orgName: string): { what: string; subject: string } {
  const about = `${topic}, ${orgName}`;
  switch (mail.about) {
    case 'arrived':
      return { subject: `New input: ${about}`, what: 'Someone spoke up, and your team is responsible.' };
    case 'wrote':
      return { subject: `New message: ${about}`, what: 'The person who spoke up wrote to your team.' };
    case 'disputed':
      return {
        subject: `Not settled: ${about}`,
        what: 'The answer did not settle it. The case is open again.',
      };
    case 'offered':
      return {
        subject: `Transfer to your team: ${about}`,
        what: 'Another team hands a case to yours. Acknowledge it to accept; without a word it is yours when it is due.',
      };
    case 'at-risk':
      return { subject: `At risk: ${about}`, what: 'Four fifths of the time are gone.' };
    case 'missed':
      return { subject: `Missed: ${about}`, what: 'A target was missed.' };
    case 'escalated':
      return { subject: `Disputed twice: ${about}`, what: 'An answer was disputed for the second time.' };
  }
}

/** The same on every attempt, another for every mail: distinct ids are counted. */
export function messageId(district: string, caseId: string, what: string): string {
  const hash = createHash('sha256').update([district, caseId, what].join('\n')).digest('hex').slice(0, 40);
  return `${hash}@casework.hearback`;
}

function local(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(
    new Date(instant),
  );
}
