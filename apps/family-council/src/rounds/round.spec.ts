import { describe, expect, it } from '@jest/globals';
import { StateRefuses } from '#contracts';
import {
  MOST_CONTACTS,
  coverageOf,
  evolveRound,
  listFamilies,
  logContact,
  openRound,
  recordReportBack,
} from './round.js';
import type { Contact, Family, OpenRound, Round, RoundEvent } from './round.js';

const before = '2026-10-05T09:00:00.000Z';
const now = '2026-10-05T11:00:00.000Z';
const later = '2026-11-06T11:00:00.000Z';

const command: OpenRound = {
  orgId: '00417-012',
  title: 'Getting to school',
  brief: 'The district plans the routes of next year.',
  opensAt: '2026-10-05T10:00:00.000Z',
  closesAt: '2026-10-20T10:00:00.000Z',
  representative: 'representative-1',
  digest: 'd1',
};
const family = (familyRef: string, facts: Partial<Family> = {}): Family => ({
  familyRef,
  language: 'es',
  contactAllowed: true,
  ...facts,
});
const contact = (familyRef: string, facts: Partial<Contact> = {}): Contact => ({
  ...{ contactId: 'contact-1', digest: 'c1', familyRef, how: 'phone', result: 'reached', at: now },
  ...facts,
});
const listed: RoundEvent = {
  type: 'round.families-listed',
  families: [family('f1'), family('f2'), family('quiet', { contactAllowed: false })],
};
const logged = (familyRef: string, facts: Partial<Contact> = {}): RoundEvent => ({
  type: 'round.contact-logged',
  ...contact(familyRef, facts),
});
const given = (...events: RoundEvent[]): Round =>
  [...openRound(command, before), ...events].reduce<Round | undefined>(evolveRound, undefined)!;
const rule = (field: string, name: string) => expect.objectContaining({ field, rule: name });

describe('a round', () => {
  it('cannot close before it opens', () =>
    expect(() => openRound({ ...command, closesAt: command.opensAt }, before)).toThrow(
      rule('closesAt', 'after-opens-at'),
    ));
  it('cannot be over when it is opened', () =>
    expect(() => openRound(command, later)).toThrow(rule('closesAt', 'in-the-future')));
});

describe('the families', () => {
  it('are listed as a whole, in place of the list before', () => {
    const round = given(listed, ...listFamilies(given(listed), [family('f9')], now));
    expect(round).toMatchObject({ families: [{ familyRef: 'f9' }], familiesNo: 2 });
  });
  it('may be listed before the round opens', () =>
    expect(listFamilies(given(), [family('f1')], before)).toHaveLength(1));
  it('are listed once each', () =>
    expect(() => listFamilies(given(), [family('f1'), family('f2'), family('f1')], now)).toThrow(
      rule('families.2.familyRef', 'once-each'),
    ));
  it('are not listed any more once the round is over', () =>
    expect(() => listFamilies(given(), [family('f1')], later)).toThrow(StateRefuses));
});

describe('a contact', () => {
  const log = (facts: Contact, round = given(listed), at = now) => logContact(round, facts, at);

  it('is logged with a family of the round', () =>
    expect(log(contact('f1'))).toMatchObject([{ type: 'round.contact-logged', familyRef: 'f1' }]));
  it('with a family that is not listed is refused', () =>
    expect(() => log(contact('f9'))).toThrow(rule('familyRef', 'known-family')));
  it('of the same request is logged once', () =>
    expect(log(contact('f1'), given(listed, logged('f1')))).toEqual([]));
  it('with another body under the same key is refused', () =>
    expect(() => log(contact('f1', { digest: 'c2' }), given(listed, logged('f1')))).toThrow(
      rule('Idempotency-Key', 'same-body'),
    ));
  it('cannot lie in the future', () =>
    expect(() => log(contact('f1', { at: later }))).toThrow(rule('at', 'not-in-the-future')));
  it.each(['phone', 'message', 'letter'] as const)(
    'by %s is not for a family that is not to be contacted',
    (how) => expect(() => log(contact('quiet', { how }))).toThrow(rule('how', 'contact-allowed')),
  );
  it.each(['in-person', 'meeting'] as const)('by %s is: the family may come itself', (how) =>
    expect(log(contact('quiet', { how }))).toHaveLength(1),
  );
  it.each([
    [before, 'not open yet'],
    [later, 'closed'],
  ])('is taken only while the round is open', (at, state) =>
    expect(() => log(contact('f1', { at: before }), given(listed), at)).toThrow(
      expect.objectContaining({ state }),
    ),
  );
  it(`is one of ${MOST_CONTACTS} at most`, () => {
    const full = {
      ...given(listed),
      contacts: Array<Contact>(MOST_CONTACTS).fill(contact('f1', { contactId: 'x' })),
    };
    expect(() => log(contact('f1'), full)).toThrow(rule('familyRef', `at-most-${MOST_CONTACTS}-contacts`));
  });
});

describe('coverage', () => {
  it('counts distinct families, both ways', () =>
    expect(
      coverageOf(
        given(
          listed,
          logged('f1'),
          logged('f1', { contactId: '2', result: 'left-word' }),
          logged('f2', { contactId: '3', result: 'no-answer' }),
          { type: 'round.reported-back', familyRefs: ['f1', 'f2'] },
        ),
      ),
    ).toEqual({ families: 3, contacted: 1, reportedBack: 2 }));
  it('leaves out a family that is no longer listed', () =>
    expect(coverageOf(given(listed, logged('f1'), { type: 'round.families-listed', families: [] }))).toEqual({
      families: 0,
      contacted: 0,
      reportedBack: 0,
    }));
  it('records a family that was reported back to once', () => {
    const reported = recordReportBack(given(listed), ['f1', 'f1']);
    expect(reported).toEqual([{ type: 'round.reported-back', familyRefs: ['f1'] }]);
    expect(recordReportBack(given(listed, ...reported), ['f1'])).toEqual([]);
  });
  it('knows only families of the round', () =>
    expect(() => recordReportBack(given(listed), ['f1', 'f9'])).toThrow(
      rule('familyRefs.1', 'known-family'),
    ));
});
