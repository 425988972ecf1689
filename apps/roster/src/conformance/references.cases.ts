import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { plus, set, without } from './changes.given.js';

/** A row that names what is not there is put aside; the row of before stays. */
export const referenceCases: Case[] = [
  ...(
    [
      ['a course of an unknown organisation', 'courses', 'K2', 3, 'orgSourcedId'],
      ['a class of an unknown course', 'classes', 'C2', 3, 'courseSourcedId'],
      ['a class of an unknown school', 'classes', 'C2', 3, 'schoolSourcedId'],
      ['a class in an unknown session', 'classes', 'C2', 3, 'termSourcedIds'],
      ['a role of an unknown user', 'roles', 'R-S05', 10, 'userSourcedId'],
      ['a role at an unknown organisation', 'roles', 'R-S05', 10, 'orgSourcedId'],
      ['an enrolment in an unknown class', 'enrollments', 'E-S02', 4, 'classSourcedId'],
      ['an enrolment at an unknown school', 'enrollments', 'E-S02', 4, 'schoolSourcedId'],
      ['an enrolment of an unknown user', 'enrollments', 'E-S02', 4, 'userSourcedId'],
    ] as const
  ).map(([what, file, row, line, column]): Case => ({
    name: `${what} is put aside with the id that it names, and what was known stays`,
    first: {},
    files: { [file]: set(row, { [column]: 'nobody' }) },
    expect: {
      aside: [[file, line, column, 'reference', 'nobody']],
      files: { [file]: { quarantined: 1, kept: 1, missing: 0 } },
      people: { S05: `student@${phobos}` },
    },
  })),
  {
    name: 'a first enrolment of an unknown user is put aside, and the other rows go on',
    files: { enrollments: set('E-S02', { userSourcedId: 'nobody' }) },
    expect: { aside: [['enrollments', 4, 'userSourcedId', 'reference', 'nobody']], enrolments: 3 },
  },
  {
    name: 'one unknown session among several puts the class aside, by the id that is unknown',
    first: {},
    files: { classes: set('C2', { termSourcedIds: 'SY27,T99' }) },
    expect: { aside: [['classes', 3, 'termSourcedIds', 'reference', 'T99']], enrolments: 4 },
  },
  {
    name: 'ids of a list may have spaces behind their commas',
    first: {},
    files: { classes: set('C2', { termSourcedIds: 'SY27, T27' }) },
    expect: { files: { classes: { quarantined: 0 } } },
  },
  {
    name: 'the order of the rows of a file says nothing',
    first: {},
    files: { users: ({ header, rows }) => ({ header, rows: rows.toReversed() }) },
    expect: { files: { users: { unchanged: 28 }, roles: { unchanged: 28 } } },
  },
  {
    name: 'ids are compared letter by letter: another case names nobody',
    first: {},
    files: { roles: set('R-S05', { userSourcedId: 's05' }) },
    expect: {
      aside: [['roles', 10, 'userSourcedId', 'reference', 's05']],
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'what is put aside on a first import takes along only what names it',
    files: { classes: set('C2', { classType: 'lab' }) },
    expect: {
      aside: [
        ['classes', 3, 'classType', 'vocabulary', 'lab'],
        ['enrollments', 5, 'classSourcedId', 'reference', 'C2'],
      ],
      enrolments: 3,
      people: { S21: `student@${io}` },
    },
  },
  {
    name: 'what is put aside later is still there for what names it',
    first: {},
    files: { classes: set('C2', { classType: 'lab' }) },
    expect: { aside: [['classes', 3, 'classType', 'vocabulary', 'lab']], enrolments: 4 },
  },
  {
    name: 'a user put aside on a first import: the role and nothing else goes along',
    files: { users: set('S05', { familyName: '' }) },
    expect: {
      aside: [
        ['users', 10, 'familyName', 'required', ''],
        ['roles', 10, 'userSourcedId', 'reference', 'S05'],
      ],
      people: { S05: null, S06: `student@${phobos}` },
      counts: { [phobos]: [19, 1, 1] },
    },
  },
  {
    name: 'a file that never came cannot be held against a row that names it',
    files: { academicSessions: undefined, courses: undefined },
    expect: { files: { classes: { added: 2 } }, enrolments: 4 },
  },
  {
    name: 'an absent file is known from before: an unknown course is still found out',
    first: {},
    files: { courses: undefined, classes: set('C2', { courseSourcedId: 'K9' }) },
    expect: { aside: [['classes', 3, 'courseSourcedId', 'reference', 'K9']] },
  },
  {
    name: 'an enrolment whose class left the feed is put aside, and the student stays enrolled',
    first: {},
    files: { classes: without('C2') },
    expect: {
      aside: [['enrollments', 5, 'classSourcedId', 'reference', 'C2']],
      files: { classes: { missing: 1 }, enrollments: { kept: 1 } },
      enrolments: 4,
    },
  },
  {
    name: 'a 1.1 user at an unknown organisation is put aside',
    version: '1.1',
    first: {},
    files: { users: set('S05', { orgSourcedIds: `${phobos},nowhere` }) },
    expect: {
      aside: [['users', 10, 'orgSourcedIds', 'reference', 'nowhere']],
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'demographics of an unknown user are put aside',
    files: { demographics: plus('S02', { sourcedId: 'nobody' }) },
    expect: { aside: [['demographics', 4, 'sourcedId', 'reference', 'nobody']] },
  },
  {
    name: 'a row that goes may name what has gone',
    first: {},
    files: {
      users: without('S05'),
      roles: set('R-S05', { status: 'tobedeleted' }),
    },
    expect: { files: { users: { missing: 1 }, roles: { deleted: 1 } }, changes: { gone: 1 } },
  },
  {
    name: 'a role at the district counts at the district and at no school',
    files: { roles: set('R-T1', { orgSourcedId: district }), enrollments: without('E-T1') },
    expect: {
      counts: { [district]: [24, 3, 1], [phobos]: [20, 0, 1] },
      people: { T1: `teacher@${district}` },
    },
  },
];
