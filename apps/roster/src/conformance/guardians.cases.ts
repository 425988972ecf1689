import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, plus, set } from './changes.given.js';

const at = (role: string) => `${role}@${phobos} ${role}@${io}`;

/** Who speaks for whom: agentSourcedIds, from whichever side they are said. */
export const guardianCases: Case[] = [
  {
    name: 'a guardian named by students and naming them speaks for each once',
    files: {},
    expect: { speaksFor: { P1: ['S01', 'S21'] }, people: { P1: at('parent') } },
  },
  {
    name: 'a guardian named only by the students speaks for them',
    files: { users: set('P1', { agentSourcedIds: '' }) },
    expect: { speaksFor: { P1: ['S01', 'S21'] }, people: { P1: at('parent') } },
  },
  {
    name: 'a guardian who alone names the students speaks for them',
    files: { users: all(set('S01', { agentSourcedIds: '' }), set('S21', { agentSourcedIds: '' })) },
    expect: { speaksFor: { P1: ['S01', 'S21'] }, people: { P1: at('parent') } },
  },
  {
    name: 'a link said by one side for one student and by the other for another is taken from both',
    files: { users: all(set('P1', { agentSourcedIds: 'S21' }), set('S21', { agentSourcedIds: '' })) },
    expect: { speaksFor: { P1: ['S01', 'S21'] } },
  },
  {
    name: 'in 1.1 a guardian speaks for students of both schools',
    version: '1.1',
    files: {},
    expect: { speaksFor: { P1: ['S01', 'S21'] }, people: { P1: at('parent') } },
  },
  ...(['guardian', 'relative'] as const).map((role): Case => ({
    name: `a ${role} speaks for a student, in that role, at the schools of the students`,
    files: { roles: set('R-P1', { role }) },
    expect: { speaksFor: { P1: ['S01', 'S21'] }, people: { P1: at(role) } },
  })),
  {
    name: 'a guardian counts at every school of their students, and once in the district',
    files: {},
    expect: { counts: { [phobos]: [20, 1, 1], [io]: [4, 1, 1], [district]: [24, 3, 1] } },
  },
  {
    name: 'a guardian whose role is at the district is counted at the schools of the students',
    files: { roles: set('R-P1', { orgSourcedId: district }) },
    expect: { counts: { [phobos]: [20, 1, 1], [io]: [4, 1, 1] } },
  },
  {
    name: 'two guardians of one student both speak for the student',
    files: {
      users: all(
        plus('P1', { sourcedId: 'P2', agentSourcedIds: '' }),
        set('S01', { agentSourcedIds: 'P1, P2' }),
      ),
      roles: plus('R-P1', { sourcedId: 'R-P2', userSourcedId: 'P2', role: 'guardian' }),
    },
    expect: { speaksFor: { P1: ['S01', 'S21'], P2: ['S01'] }, counts: { [phobos]: [20, 1, 2] } },
  },
  {
    name: 'an agent who is not there is unclear, and costs the student nothing',
    files: { users: set('S05', { agentSourcedIds: 'P9' }) },
    expect: { unclear: 1, people: { S05: `student@${phobos}`, P9: null }, counts: { [phobos]: [20, 1, 1] } },
  },
  {
    name: 'a teacher as agent of a student is unclear: only a guardian speaks for a student',
    files: { users: set('S05', { agentSourcedIds: 'T1' }) },
    expect: { unclear: 1, speaksFor: { T1: [] }, people: { T1: `teacher@${phobos}` } },
  },
  {
    name: 'a student as agent of a student is unclear',
    files: { users: set('S05', { agentSourcedIds: 'S06' }) },
    expect: { unclear: 1, speaksFor: { S06: [] } },
  },
  {
    name: 'a guardian who names somebody who is no student is unclear',
    files: { users: set('P1', { agentSourcedIds: 'S01,S21,T1' }) },
    expect: { unclear: 1, speaksFor: { P1: ['S01', 'S21'] } },
  },
  {
    name: 'a teacher who is also a parent speaks for the students who name them',
    files: {
      users: set('S05', { agentSourcedIds: 'T1' }),
      roles: plus('R-T1', { sourcedId: 'R-T1-p', role: 'parent' }),
    },
    expect: { speaksFor: { T1: ['S05'] }, people: { T1: `parent@${phobos} teacher@${phobos}` } },
  },
  {
    name: 'a guardian whose role has ended speaks for nobody any more',
    files: { roles: set('R-P1', { endDate: '2021-01-01' }), users: set('P1', { agentSourcedIds: '' }) },
    expect: { unclear: 2, speaksFor: { P1: [] }, people: { P1: '' }, counts: { [phobos]: [20, 1, 0] } },
  },
  {
    name: 'a new link is a change of the guardian, and of nobody else',
    first: {},
    files: { users: set('S05', { agentSourcedIds: 'P1' }) },
    expect: { changes: { changed: 1 }, speaksFor: { P1: ['S01', 'S05', 'S21'] } },
  },
  {
    name: 'a link that is said no more is gone, and the guardian leaves the school of that student',
    first: {},
    files: { users: all(set('P1', { agentSourcedIds: 'S01' }), set('S21', { agentSourcedIds: '' })) },
    expect: {
      changes: { changed: 1 },
      speaksFor: { P1: ['S01'] },
      people: { P1: `parent@${phobos}` },
      // One of the six people of Io, which is more than the limit.
      holds: ['loss'],
    },
  },
];
