import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { set, swap, text, without } from './changes.given.js';

const says = (property: string, value: string) => set(property, { value });

/** How a package presents itself: its manifest, its versions, and which files are there. */
export const manifestCases: Case[] = [
  {
    name: 'a good 1.2 package becomes organisations, people and counts, and nothing is put aside',
    files: {},
    expect: {
      orgs: { [district]: 'district', [phobos]: `school of ${district}`, [io]: `school of ${district}` },
      counts: { [district]: [24, 3, 1], [phobos]: [20, 1, 1], [io]: [4, 1, 1] },
      enrolments: 4,
      files: { users: { read: 28, added: 28 }, demographics: { read: 2, added: 0, unchanged: 2 } },
    },
  },
  {
    name: 'a good 1.1 package gives the same counts, with roles from users.csv',
    version: '1.1',
    files: {},
    expect: {
      counts: { [district]: [24, 3, 1], [phobos]: [20, 1, 1], [io]: [4, 1, 1] },
      enrolments: 4,
      people: { A1: `administrator@${district}` },
    },
  },
  {
    name: 'the same package again changes nothing, and nobody is held up',
    first: {},
    files: {},
    expect: {
      files: { users: { unchanged: 28, added: 0 }, orgs: { unchanged: 3 }, roles: { unchanged: 28 } },
      counts: { [district]: [24, 3, 1] },
    },
  },
  {
    name: 'the same 1.1 package again changes nothing',
    version: '1.1',
    first: {},
    files: {},
    expect: { files: { users: { unchanged: 28 }, enrollments: { unchanged: 4 } } },
  },
  {
    name: 'a package without a manifest is read as a bulk, and roles.csv makes it 1.2',
    files: { manifest: undefined },
    expect: { counts: { [district]: [24, 3, 1] }, files: { roles: { mode: 'bulk', added: 28 } } },
  },
  {
    name: 'a package without a manifest and without roles.csv is read as 1.1',
    version: '1.1',
    files: { manifest: undefined },
    expect: { counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'version 1.0 is refused by the name of the property',
    files: { manifest: says('oneroster.version', '1.0') },
    expect: { refused: ['manifest.csv oneroster.version', 'vocabulary'] },
  },
  {
    name: 'a manifest without a version is refused',
    files: { manifest: without('oneroster.version') },
    expect: { refused: ['file', 'oneroster'] },
  },
  {
    name: 'a manifest that calls every file absent is refused: nothing is taken for deleted',
    first: {},
    files: { manifest: text((csv) => csv.replaceAll(',bulk', ',absent')) },
    expect: { refused: ['file', 'oneroster'] },
  },
  {
    name: 'a file that the manifest promises and that is missing refuses the package',
    files: { users: undefined, manifest: says('file.users', 'bulk') },
    expect: { refused: ['users.csv', 'present'] },
  },
  {
    name: 'a mode that is neither absent, bulk nor delta refuses the package',
    files: { manifest: says('file.users', 'full') },
    expect: { refused: ['manifest.csv file.users', 'vocabulary'] },
  },
  {
    name: 'a mode may be written in another case',
    files: { manifest: says('file.users', 'Bulk') },
    expect: { files: { users: { mode: 'bulk', added: 28 } } },
  },
  {
    name: 'a property may be written in another case',
    files: { manifest: swap('file.users', 'File.Users') },
    expect: { files: { users: { added: 28 } } },
  },
  {
    name: 'a manifest with a byte order mark and CRLF is read',
    files: { manifest: text((csv) => `\ufeff${csv.replaceAll('\n', '\r\n')}`) },
    expect: { files: { users: { added: 28 } } },
  },
  {
    name: 'a manifest whose header is not propertyName,value refuses the package',
    files: { manifest: swap('propertyName', 'property') },
    expect: { refused: ['manifest.csv', 'readable'] },
  },
  {
    name: 'an empty manifest refuses the package',
    files: { manifest: text(() => '') },
    expect: { refused: ['manifest.csv', 'readable'] },
  },
  {
    name: 'a file that is there although the manifest calls it absent is left alone',
    files: { manifest: says('file.demographics', 'absent') },
    expect: { files: { users: { added: 28 } } },
  },
  {
    name: 'a file that the manifest calls absent keeps what was known of it',
    first: {},
    files: { enrollments: undefined },
    expect: { counts: { [phobos]: [20, 1, 1] }, enrolments: 4 },
  },
  {
    name: 'users absent from a later package: everybody stays',
    first: {},
    files: { users: undefined },
    expect: { counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'roles absent from a later package: everybody stays where they are',
    first: {},
    files: { roles: undefined },
    expect: { people: { S05: `student@${phobos}` }, counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'other files of OneRoster that come along are left alone',
    files: {},
    beside: { 'lineItems.csv': 'sourcedId,title\nL1,Quiz', 'results.csv': 'sourcedId\nX1' },
    expect: { counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'files that have nothing to do with OneRoster are left alone',
    files: {},
    beside: { 'readme.txt': 'hello', 'Thumbs.db': Buffer.from([0, 1, 2]) },
    expect: { counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'one file under two spellings refuses the package: nobody can tell which is meant',
    files: {},
    beside: { 'USERS.csv': 'sourcedId\nX1' },
    expect: { refused: ['users.csv', 'unique'] },
  },
  {
    name: 'a file name in another case is read',
    files: { demographics: undefined, manifest: says('file.demographics', 'bulk') },
    beside: { 'Demographics.CSV': 'sourcedId\nS01' },
    expect: { files: { demographics: { read: 1 } } },
  },
  {
    name: 'a package that has nothing of OneRoster is refused',
    files: {
      ...{ orgs: undefined, academicSessions: undefined, courses: undefined, classes: undefined },
      ...{ users: undefined, roles: undefined, enrollments: undefined, demographics: undefined },
      manifest: undefined,
    },
    beside: { 'menu.csv': 'day,dish\nMonday,soup' },
    expect: { refused: ['file', 'oneroster'] },
  },
  {
    name: 'a first package without orgs.csv is refused: nobody can tell what the rest belongs to',
    files: { orgs: undefined },
    expect: { fails: /needs orgs\.csv/ },
  },
  {
    name: 'a first package whose orgs.csv is only a header is refused',
    files: { orgs: ({ header }) => ({ header, rows: [] }) },
    expect: { fails: /only a header/ },
  },
  {
    name: 'a first package without users.csv gives organisations, and says why nobody is counted',
    files: { users: undefined, roles: undefined, enrollments: undefined, demographics: undefined },
    expect: { orgs: { [io]: `school of ${district}` }, notCounted: 'users.csv is absent' },
  },
];
