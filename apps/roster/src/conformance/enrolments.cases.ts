import { io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, plus, set, without } from './changes.given.js';

/** S05 is a student of Phobos by role; these are about an enrolment of S05 at Io beside that. */
const atIo = (cells: Record<string, string> = {}) =>
  plus('E-S21', { sourcedId: 'E-S05', userSourcedId: 'S05', ...cells });
const both = `student@${phobos} student@${io}`;
const tomorrow = '2999-01-01';
const yesterday = '2021-06-04';

/** What counts is what is in force today; one row never takes what another gives. */
export const enrolmentCases: Case[] = [
  {
    name: 'an enrolment at another school makes the student one of that school too',
    files: { enrollments: atIo() },
    expect: { people: { S05: both }, counts: { [io]: [5, 1, 1], [phobos]: [20, 1, 1] }, enrolments: 5 },
  },
  {
    name: 'an enrolment without dates is in force',
    files: { enrollments: atIo({ beginDate: '' }) },
    expect: { people: { S05: both }, enrolments: 5 },
  },
  {
    name: 'an enrolment that has ended does not count',
    files: { enrollments: atIo({ endDate: yesterday }) },
    expect: { people: { S05: `student@${phobos}` }, counts: { [io]: [4, 1, 1] }, enrolments: 4 },
  },
  {
    name: 'an enrolment that has not begun does not count',
    files: { enrollments: atIo({ beginDate: tomorrow }) },
    expect: { people: { S05: `student@${phobos}` }, enrolments: 4 },
  },
  {
    name: 'an enrolment that ends in the future counts',
    files: { enrollments: atIo({ endDate: tomorrow }) },
    expect: { people: { S05: both }, enrolments: 5 },
  },
  {
    name: 'an enrolment that ends before it begins never counts, and is no error',
    files: { enrollments: atIo({ beginDate: tomorrow, endDate: yesterday }) },
    expect: { people: { S05: `student@${phobos}` }, enrolments: 4 },
  },
  {
    name: 'an ended enrolment behind a newer one does not remove it',
    files: { enrollments: all(atIo(), atIo({ sourcedId: 'E-old', endDate: yesterday })) },
    expect: { people: { S05: both }, enrolments: 5 },
  },
  {
    name: 'an ended enrolment in front of a newer one does not remove it',
    files: { enrollments: all(atIo({ sourcedId: 'E-old', endDate: yesterday }), atIo()) },
    expect: { people: { S05: both }, enrolments: 5 },
  },
  {
    name: 'an enrolment that is deleted does not remove an active one in the same class',
    first: { enrollments: all(atIo(), atIo({ sourcedId: 'E-other' })) },
    files: { enrollments: all(atIo({ status: 'tobedeleted' }), atIo({ sourcedId: 'E-other' })) },
    expect: { people: { S05: both }, enrolments: 5, files: { enrollments: { deleted: 1 } } },
  },
  {
    name: 'an active enrolment in front of a deleted one stays too',
    first: { enrollments: all(atIo(), atIo({ sourcedId: 'E-other' })) },
    files: { enrollments: all(atIo({ sourcedId: 'E-other' }), atIo({ status: 'tobedeleted' })) },
    expect: { people: { S05: both }, enrolments: 5 },
  },
  {
    name: 'an enrolment that ends takes the student from that school alone',
    first: { enrollments: atIo() },
    files: { enrollments: atIo({ endDate: yesterday }) },
    expect: { people: { S05: `student@${phobos}` }, changes: { changed: 1 }, holds: ['loss'] },
  },
  {
    name: 'an enrolment that is no longer named takes the student from that school alone',
    first: { enrollments: atIo() },
    files: {},
    expect: {
      people: { S05: `student@${phobos}` },
      changes: { changed: 1 },
      files: { enrollments: { missing: 1 } },
      holds: ['loss'],
    },
  },
  {
    name: 'a class that is left while the role stays changes nothing about the person',
    first: {},
    files: { enrollments: without('E-S02') },
    expect: { people: { S02: `student@${phobos}` }, enrolments: 3 },
  },
  {
    name: 'a teacher by enrolment is staff of that school',
    files: { enrollments: plus('E-T1', { sourcedId: 'E-T1-io', classSourcedId: 'C2', schoolSourcedId: io }) },
    expect: { people: { T1: `teacher@${phobos} teacher@${io}` }, counts: { [io]: [4, 2, 1] } },
  },
  {
    name: 'two enrolments of one student at one school count the student once',
    files: { enrollments: all(atIo(), atIo({ sourcedId: 'E-again' })) },
    expect: { counts: { [io]: [5, 1, 1] }, enrolments: 6 },
  },
  {
    name: 'a guardian counts at the school where an enrolment brings the student',
    files: {
      users: all(set('P1', { agentSourcedIds: 'S01' }), set('S21', { agentSourcedIds: '' })),
      enrollments: plus('E-S21', { sourcedId: 'E-S01-io', userSourcedId: 'S01' }),
    },
    expect: { people: { P1: `parent@${phobos} parent@${io}`, S01: both } },
  },
  {
    name: 'a role that has ended does not count',
    files: { roles: set('R-S05', { endDate: yesterday }) },
    expect: { people: { S05: '' }, counts: { [phobos]: [19, 1, 1] } },
  },
  {
    name: 'a role that has not begun does not count',
    files: { roles: set('R-S05', { beginDate: tomorrow }) },
    expect: { people: { S05: '' }, counts: { [phobos]: [19, 1, 1] } },
  },
  {
    name: 'an ended role behind a newer one does not remove it',
    files: { roles: plus('R-S05', { sourcedId: 'R-old', endDate: yesterday }) },
    expect: { people: { S05: `student@${phobos}` } },
  },
  {
    name: 'a student whose role has ended and who is still enrolled stays a student',
    files: { roles: set('R-S01', { endDate: yesterday }) },
    expect: { people: { S01: `student@${phobos}` }, counts: { [phobos]: [20, 1, 1] } },
  },
  {
    name: 'in 1.1 an ended enrolment leaves the student at the school of users.csv',
    version: '1.1',
    first: {},
    files: { enrollments: set('E-S02', { endDate: yesterday }) },
    expect: { people: { S02: `student@${phobos}` }, enrolments: 3 },
  },
];
