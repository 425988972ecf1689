import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, plus, set } from './changes.given.js';

const parentToo = (student: string) => plus(`R-${student}`, { sourcedId: `R-${student}-p`, role: 'parent' });
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
    name: 'a teacher as agent of a student who names the student too is unclear once',
    files: { users: all(set('S05', { agentSourcedIds: 'T1' }), set('T1', { agentSourcedIds: 'S05' })) },
    expect: { unclear: 1, speaksFor: { T1: [], S05: [] } },
  },
  {
    name: 'a guardian and somebody who is no student, each naming the other, are unclear once',
    files: { users: all(set('P1', { agentSourcedIds: 'S01,S21,T1' }), set('T1', { agentSourcedIds: 'P1' })) },
    expect: { unclear: 1, speaksFor: { P1: ['S01', 'S21'] } },
  },
  {
    name: 'two students who name each other are unclear once, and one who names themselves is too',
    files: {
      users: all(
        set('S05', { agentSourcedIds: 'S06' }),
        set('S06', { agentSourcedIds: 'S05' }),
        set('S07', { agentSourcedIds: 'S07,S07' }),
      ),
    },
    expect: { unclear: 2, speaksFor: { S05: [], S06: [], S07: [] } },
  },
  {
    name: 'a student who is a parent too speaks for the student they name, and their own guardian for them',
    files: { users: set('S24', { agentSourcedIds: 'S05,P1' }), roles: parentToo('S24') },
    expect: {
      speaksFor: { S24: ['S05'], P1: ['S01', 'S21', 'S24'] },
      people: { S24: `parent@${phobos} parent@${io} student@${io}` },
      counts: { [phobos]: [20, 1, 2], [io]: [4, 1, 2] },
    },
  },
  {
    name: 'a student who is a parent too speaks for the student who names them, and once when both say so',
    files: {
      users: all(
        set('S05', { agentSourcedIds: 'S24' }),
        set('S06', { agentSourcedIds: 'S24' }),
        set('S24', { agentSourcedIds: 'S06' }),
      ),
      roles: parentToo('S24'),
    },
    expect: { speaksFor: { S24: ['S05', 'S06'], S05: [], S06: [] } },
  },
  {
    name: 'a guardian who alone names a student who is a parent too speaks for that student',
    files: { users: set('P1', { agentSourcedIds: 'S01,S21,S24' }), roles: parentToo('S24') },
    expect: { speaksFor: { P1: ['S01', 'S21', 'S24'], S24: [] } },
  },
  {
    name: 'of two who are students and parents it is unclear who speaks for whom, though each names the other',
    files: {
      users: all(set('S23', { agentSourcedIds: 'S24' }), set('S24', { agentSourcedIds: 'S23' })),
      roles: all(parentToo('S23'), parentToo('S24')),
    },
    expect: { unclear: 1, speaksFor: { S23: [], S24: [] } },
  },
  {
    name: 'a student who is a parent too and names a teacher is unclear',
    files: { users: set('S24', { agentSourcedIds: 'T1' }), roles: parentToo('S24') },
    expect: { unclear: 1, speaksFor: { S24: [], T1: [] } },
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
