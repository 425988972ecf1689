import { describe, expect, it } from '@jest/globals';
import { rolesOf, rowOf } from './rows.js';

const org = (sourcedId: string): object => ({ href: 'https://sis.example', sourcedId, type: 'org' });

describe('a resource becomes the row of the CSV binding', () => {
  it('for a 1.1 user: references, lists, booleans and metadata; never a password', () => {
    const row = rowOf('users', '1.1', {
      sourcedId: 'S1',
      status: 'active',
      dateLastModified: '2026-09-01T06:00:00.000Z',
      enabledUser: true,
      username: 's1',
      userIds: [
        { type: 'LDAP', identifier: 'smorry' },
        { type: 'LTI', identifier: 77 },
      ],
      givenName: 'Sam',
      familyName: 'Morry',
      email: 's1@moon.example.org',
      role: 'student',
      agents: [org('P1'), org('P2')],
      orgs: [org('00417-012')],
      grades: ['KG', '01'],
      password: 'hunter2',
      metadata: { house: 'red', numbers: [1, 2], deep: { a: 1 }, password: 'hunter2', passwd: 'hunter2' },
    });
    expect(row).toEqual({
      sourcedId: 'S1',
      status: 'active',
      dateLastModified: '2026-09-01T06:00:00.000Z',
      enabledUser: 'true',
      username: 's1',
      userIds: '{LDAP:smorry},{LTI:77}',
      givenName: 'Sam',
      familyName: 'Morry',
      middleName: '',
      identifier: '',
      email: 's1@moon.example.org',
      sms: '',
      phone: '',
      grades: 'KG,01',
      agentSourcedIds: 'P1,P2',
      role: 'student',
      orgSourcedIds: '00417-012',
      'metadata.house': 'red',
      'metadata.numbers': '1,2',
      'metadata.deep': '{"a":1}',
    });
  });

  it('for a 1.2 user, whose preferred names the bindings name differently', () => {
    const user = {
      sourcedId: 'S1',
      preferredFirstName: 'Sam',
      preferredLastName: 'M',
      primaryOrg: org('00417'),
    };
    const row = rowOf('users', '1.2', { ...user, role: 'student', orgs: [org('00417')] });
    expect(row).toMatchObject({
      preferredGivenName: 'Sam',
      preferredFamilyName: 'M',
      primaryOrgSourcedId: '00417',
    });
    expect(row).not.toHaveProperty('role');
    expect(row).not.toHaveProperty('orgSourcedIds');
  });

  it('with an empty cell for a reference that is missing, null or without an id', () => {
    for (const parent of [undefined, null, {}, { sourcedId: null }])
      expect(rowOf('orgs', '1.1', { sourcedId: '1', parent })).toMatchObject({ parentSourcedId: '' });
  });

  it('from services that give a reference as its id, a list as one word, a number for a word', () =>
    expect(
      rowOf('classes', '1.1', { sourcedId: 17, school: '00417-012', terms: org('SY27'), grades: '01' }),
    ).toMatchObject({ sourcedId: '17', schoolSourcedId: '00417-012', termSourcedIds: 'SY27', grades: '01' }));

  it('with a midnight as its date, and another time of day left for the check to find', () =>
    expect(
      rowOf('enrollments', '1.1', { beginDate: '2026-08-10T00:00:00.000Z', endDate: '2027-06-04T23:59:00Z' }),
    ).toMatchObject({ beginDate: '2026-08-10', endDate: '2027-06-04T23:59:00Z' }));

  it('with nothing of demographics but what says a group', () =>
    expect(
      rowOf('demographics', '1.1', {
        sourcedId: 'S1',
        birthDate: '2021-05-14',
        sex: 'female',
        asian: true,
        metadata: { a: 1 },
      }),
    ).toEqual({
      ...{ sourcedId: 'S1', status: '', dateLastModified: '', asian: 'true', 'metadata.a': '1' },
      ...{ americanIndianOrAlaskaNative: '', blackOrAfricanAmerican: '', hispanicOrLatinoEthnicity: '' },
      ...{ nativeHawaiianOrOtherPacificIslander: '', demographicRaceTwoOrMoreRaces: '', white: '' },
    }));
});

describe('the roles of a 1.2 user', () => {
  const teacher = { roleType: 'primary', role: 'teacher', org: org('00417-012') };

  it('become rows whose ids are the same in every fetch, and which end with their user', () =>
    expect(
      rolesOf({
        sourcedId: 'T1',
        status: 'tobedeleted',
        dateLastModified: 'x',
        roles: [{ ...teacher, beginDate: '2026-08-10' }],
      }),
    ).toEqual([
      {
        sourcedId: 'T1~00417-012~teacher~primary',
        status: 'tobedeleted',
        dateLastModified: 'x',
        userSourcedId: 'T1',
        roleType: 'primary',
        role: 'teacher',
        beginDate: '2026-08-10',
        endDate: '',
        orgSourcedId: '00417-012',
        userProfileSourcedId: '',
      },
    ]));

  it('have ids of their own when one person has the same role twice', () => {
    const roles = ['2024-08-10', '2026-08-10'].map((beginDate) => ({ ...teacher, beginDate }));
    expect(rolesOf({ sourcedId: 'T1', roles }).map(({ sourcedId }) => sourcedId)).toEqual([
      'T1~00417-012~teacher~primary~2024-08-10',
      'T1~00417-012~teacher~primary~2026-08-10',
    ]);
  });

  it('have ids of at most 128 characters, still apart', () => {
    const ids = ['a', 'b'].map(
      (end) => rolesOf({ sourcedId: 'u'.repeat(127) + end, roles: [teacher] })[0]!['sourcedId']!,
    );
    expect(ids.every((id) => id.length <= 128)).toBe(true);
    expect(new Set(ids).size).toBe(2);
  });

  it('may be missing', () => expect(rolesOf({ sourcedId: 'T1' })).toEqual([]));
});
