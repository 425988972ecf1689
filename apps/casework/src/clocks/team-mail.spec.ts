import { expect, it } from '@jest/globals';
import { routed } from '../cases/given.js';
import { messageId, teamMail } from './team-mail.js';

const place = {
  publicUrl: 'https://hear.example.org',
  timeZone: 'America/Los_Angeles',
  orgName: 'Phobos Elementary School',
};

it('names topic, due and link, and nothing of the words', () => {
  const state = routed();
  const mail = teamMail(state, state.mails[0]!, place);
  expect(mail.subject).toBe('New input: Meals, Phobos Elementary School');
  expect(mail.text).toContain('https://hear.example.org/team/cases/input-1');
  expect(mail.text).toContain('Due: acknowledge by Tuesday, December 1, 2026');
  expect(mail.text).not.toContain(state.inputs[0]!.sealed);
});

it('the Message-ID is the same on every attempt, and another for every mail', () => {
  expect(messageId('moon', 'case-1', 'arrived')).toBe(messageId('moon', 'case-1', 'arrived'));
  expect(messageId('moon', 'case-1', 'arrived')).not.toBe(messageId('moon', 'case-1', 'wrote input-1 1'));
  expect(messageId('moon', 'case-1', 'arrived')).not.toBe(messageId('mars', 'case-1', 'arrived'));
});
