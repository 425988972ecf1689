import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, each, plus, set, without } from './changes.given.js';

/** Who is one person, who is counted where, and the three ways not to be there as before. */
export const peopleCases: Case[] = [
  {
    name: 'two people with one e-mail address stay two people',
    files: { users: each(['S05', 'S06'], (id) => set(id, { email: 'family@moon.test' })) },
    expect: { counts: { [phobos]: [20, 1, 1] }, files: { users: { added: 28, quarantined: 0 } } },
  },
  {
    name: 'a new id with the e-mail, username and name of somebody known is somebody new',
    first: {},
    files: {
      users: plus('S05', { sourcedId: 'S99' }),
      roles: plus('R-S05', { sourcedId: 'R-S99', userSourcedId: 'S99' }),
    },
    expect: {
      changes: { added: 1 },
      people: { S05: `student@${phobos}`, S99: `student@${phobos}` },
      counts: { [phobos]: [21, 1, 1] },
    },
  },
  {
    name: 'a new id in the place of an old one is one gone and one added, even with all else the same',
    first: {},
    files: { users: set('S05', { sourcedId: 'S99' }), roles: set('R-S05', { userSourcedId: 'S99' }) },
    expect: { changes: { added: 1, gone: 1 }, people: { S05: null, S99: `student@${phobos}` } },
  },
  {
    name: 'a new e-mail address, name and username under the same id is the same person',
    first: {},
    files: { users: set('S05', { email: 'x@moon.test', username: 'x', givenName: 'X', familyName: 'Y' }) },
    expect: { files: { users: { altered: 1, unchanged: 27 } }, people: { S05: `student@${phobos}` } },
  },
  {
    name: 'ids that differ only in case are two people',
    files: {
      users: plus('S05', { sourcedId: 's05' }),
      roles: plus('R-S05', { sourcedId: 'r-s05', userSourcedId: 's05' }),
    },
    expect: { counts: { [phobos]: [21, 1, 1] } },
  },
  {
    name: 'ids that differ only in leading zeros are two people',
    files: {
      users: all(plus('S05', { sourcedId: '0042' }), plus('S05', { sourcedId: '42' })),
      roles: all(
        plus('R-S05', { sourcedId: 'R1', userSourcedId: '0042' }),
        plus('R-S05', { sourcedId: 'R2', userSourcedId: '42' }),
      ),
    },
    expect: { counts: { [phobos]: [22, 1, 1] } },
  },
  {
    name: 'a teacher at two schools is one person, at both',
    files: { roles: plus('R-T1', { sourcedId: 'R-T1-io', roleType: 'secondary', orgSourcedId: io }) },
    expect: {
      people: { T1: `teacher@${phobos} teacher@${io}` },
      counts: { [phobos]: [20, 1, 1], [io]: [4, 2, 1], [district]: [24, 3, 1] },
    },
  },
  {
    name: 'a 1.1 teacher at two schools is one person, at both',
    version: '1.1',
    files: { users: set('T1', { orgSourcedIds: `${phobos},${io}` }) },
    expect: {
      people: { T1: `teacher@${phobos} teacher@${io}` },
      counts: { [io]: [4, 2, 1], [district]: [24, 3, 1] },
    },
  },
  {
    name: 'two roles of staff at one school count one person',
    files: { roles: plus('R-T1', { sourcedId: 'R-T1-b', role: 'aide' }) },
    expect: { people: { T1: `aide@${phobos} teacher@${phobos}` }, counts: { [phobos]: [20, 1, 1] } },
  },
  {
    name: 'the same role said by two rows is one role',
    files: { roles: plus('R-T1', { sourcedId: 'R-T1-b' }) },
    expect: { people: { T1: `teacher@${phobos}` }, files: { roles: { added: 29 } } },
  },
  {
    name: 'a teacher who is a parent counts as staff and as a family',
    files: { roles: plus('R-T1', { sourcedId: 'R-T1-p', role: 'parent' }) },
    expect: { counts: { [phobos]: [20, 1, 2], [district]: [24, 3, 2] } },
  },
  {
    name: 'a user without any role is known, and counted nowhere',
    files: { users: plus('S05', { sourcedId: 'S99' }) },
    expect: { people: { S99: '' }, counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'disabled is not gone: the person stays where they are, and is told as disabled',
    first: {},
    files: { users: set('S05', { enabledUser: 'false' }) },
    expect: {
      changes: { changed: 1, disabled: 1 },
      people: { S05: `student@${phobos}` },
      counts: { [phobos]: [20, 1, 1] },
      files: { users: { altered: 1, deleted: 0, missing: 0 } },
    },
  },
  {
    name: 'enabled again is a change, and not a disabled one',
    first: { users: set('S05', { enabledUser: 'false' }) },
    files: {},
    expect: { changes: { changed: 1 } },
  },
  {
    name: 'everybody disabled at once loses nobody, and is not held as a loss',
    first: {},
    files: {
      users: ({ header, rows }) => ({ header, rows: rows.map((row) => ({ ...row, enabledUser: 'false' })) }),
    },
    expect: { changes: { changed: 28, disabled: 28 }, counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'to be deleted is deleted, not missing',
    first: {},
    files: { users: set('S05', { status: 'tobedeleted' }), roles: without('R-S05') },
    expect: {
      changes: { gone: 1 },
      files: { users: { deleted: 1, missing: 0 }, roles: { missing: 1, deleted: 0 } },
      people: { S05: null },
      counts: { [phobos]: [19, 1, 1] },
    },
  },
  {
    name: 'missing from a bulk is missing, not deleted',
    first: {},
    files: { users: without('S05'), roles: without('R-S05') },
    expect: {
      changes: { gone: 1 },
      files: { users: { deleted: 0, missing: 1 } },
      counts: { [phobos]: [19, 1, 1] },
    },
  },
  {
    name: 'to be deleted of somebody who was never there changes nothing',
    first: {},
    files: { users: plus('S05', { sourcedId: 'S99', status: 'tobedeleted' }) },
    expect: { files: { users: { deleted: 0, unchanged: 29 } } },
  },
  {
    name: 'a role to be deleted takes the role, and not the person',
    first: {},
    files: { roles: set('R-S05', { status: 'tobedeleted' }) },
    expect: { changes: { changed: 1 }, people: { S05: '' }, files: { roles: { deleted: 1 } } },
  },
  {
    name: 'active said in words is the same as an empty status',
    first: {},
    files: { users: set('S05', { status: 'active' }) },
    expect: { files: { users: { unchanged: 28 } } },
  },
  {
    name: 'a student who changes school leaves one and joins the other, and is one change',
    first: {},
    files: { roles: set('R-S05', { orgSourcedId: io }) },
    expect: {
      changes: { changed: 1 },
      people: { S05: `student@${io}` },
      counts: { [phobos]: [19, 1, 1], [io]: [5, 1, 1], [district]: [24, 3, 1] },
    },
  },
  {
    name: 'a new grade is a change of the person',
    first: {},
    files: { users: set('S05', { grades: '01' }) },
    expect: { changes: { changed: 1 } },
  },
  {
    name: 'a student without a grade is counted',
    files: { users: set('S05', { grades: '' }) },
    expect: { counts: { [phobos]: [20, 1, 1] } },
  },
  {
    name: 'an administrator of the district is at the district, and at no school',
    files: {},
    expect: { people: { A1: `systemAdministrator@${district}` } },
  },
];
