import { district, io, phobos } from './base-package.given.js';
import type { Case, Changes } from './case.given.js';
import { all, headerOnly, plus, set, withoutColumn } from './changes.given.js';
import type { Change } from './changes.given.js';

/** A column more; who is not named has nothing in it. */
const column =
  (name: string, cells: Record<string, string>): Change =>
  ({ header, rows }) => ({
    header: [...header, name],
    rows: rows.map((row) => ({ ...row, [name]: cells[row['sourcedId']!] ?? '' })),
  });
const ofDemographics = { 'african-american': 0, 'american-indian': 0, hispanic: 0 };
const others = { 'pacific-islander': 0, 'two-or-more-races': 0 };
/** What the seven columns of demographics say when nobody is said to be anything but this. */
const counted = (asian: number, white: number) => ({ ...ofDemographics, ...others, asian, white });
const races: Changes = {
  demographics: all(column('asian', { S01: 'true', S02: 'false' }), column('white', { S02: 'TRUE' })),
};
const learners = (cells: Record<string, string>): Changes => ({ users: column('metadata.ELL', cells) });
const byLearners = {
  demographics: false,
  groups: [
    { group: 'english-learner' as const, file: 'users' as const, column: 'metadata.ell', values: ['y', '1'] },
  ],
};
const byLanguage = {
  demographics: false,
  language: { file: 'users' as const, column: 'metadata.home', languages: { Spanish: 'es' } },
};

export const groupCases: Case[] = [
  {
    name: 'demographics are counted by the groups that they have of themselves, and above',
    files: races,
    expect: { groups: { [phobos]: counted(1, 1), [io]: counted(0, 0), [district]: counted(1, 1) } },
  },
  {
    name: 'of demographics nothing is kept with a person unless the district says so',
    files: races,
    expect: { codes: { S01: '', S02: '' } },
  },
  {
    name: 'group reporting keeps codes with the person, and nothing but codes',
    groups: { keptForPeople: true },
    files: races,
    expect: { codes: { S01: 'asian', S02: 'white', S03: '' } },
  },
  {
    name: 'without demographics no group has a number',
    files: { demographics: undefined },
    expect: { groups: { [district]: {} } },
  },
  {
    name: 'a metadata column says a group, whatever the case of its name and its values',
    groups: byLearners,
    files: learners({ S01: 'Y', S02: '1', S03: 'N', S21: 'y', T1: 'Y' }),
    expect: {
      groups: {
        [phobos]: { 'english-learner': 2 },
        [io]: { 'english-learner': 1 },
        [district]: { 'english-learner': 3 },
      },
    },
  },
  {
    name: 'a column that the file does not have counts nobody',
    groups: byLearners,
    files: {},
    expect: { groups: { [district]: { 'english-learner': 0 } } },
  },
  {
    name: 'a column of its own stands for that of the demographics',
    groups: {
      groups: [{ group: 'asian', file: 'users', column: 'metadata.a', values: ['yes'] }],
    },
    files: { ...races, users: column('metadata.a', { S03: 'yes', S04: 'yes' }) },
    expect: { groups: { [phobos]: counted(2, 1) } },
  },
  {
    name: 'home languages are counted by tag; a word that means none is told',
    groups: byLanguage,
    files: { users: column('metadata.home', { S01: 'spanish', S02: 'ES', S03: 'Klingon', S21: 'zh-Hant' }) },
    expect: {
      groups: { [phobos]: { 'language:es': 2 }, [district]: { 'language:es': 2, 'language:zh-hant': 1 } },
      files: { users: { noLanguage: { Klingon: 1 } } },
    },
  },
  {
    name: 'a value that alone has changed is counted anew',
    groups: byLearners,
    first: learners({ S01: 'Y' }),
    files: learners({ S01: 'N', S02: 'Y', S03: 'Y' }),
    expect: { groups: { [district]: { 'english-learner': 2 } } },
  },
  {
    name: 'a delta leaves the numbers of the last whole file',
    groups: byLearners,
    first: learners({ S01: 'Y', S02: 'Y' }),
    mode: 'delta',
    files: { users: all(plus('S01'), column('metadata.ELL', { S01: 'N' })) },
    expect: { groups: { [district]: { 'english-learner': 2 } } },
  },
  {
    name: 'with group reporting a delta moves the numbers',
    groups: { ...byLearners, keptForPeople: true },
    first: learners({ S01: 'Y', S02: 'Y' }),
    mode: 'delta',
    files: { users: all(plus('S01'), column('metadata.ELL', { S01: 'N' })) },
    expect: {
      changes: { changed: 1 },
      groups: { [district]: { 'english-learner': 1 } },
      codes: { S01: '', S02: 'english-learner' },
    },
  },
  {
    name: 'with group reporting a whole file takes back what it no longer says',
    groups: { keptForPeople: true },
    first: races,
    files: { demographics: column('asian', { S02: 'true' }) },
    expect: {
      changes: { changed: 2 },
      groups: { [phobos]: counted(1, 0) },
      codes: { S01: '', S02: 'asian' },
    },
  },
  {
    name: 'with group reporting a file that is absent leaves what is known',
    groups: { keptForPeople: true },
    first: races,
    files: { demographics: undefined },
    expect: { groups: { [phobos]: counted(1, 1) }, codes: { S01: 'asian' } },
  },
  {
    name: 'with group reporting codes stay when others change and nothing is said of groups',
    groups: { keptForPeople: true },
    first: races,
    files: { demographics: undefined, users: set('S01', { grades: '01' }) },
    expect: {
      changes: { changed: 1 },
      groups: { [phobos]: counted(1, 1) },
      codes: { S01: 'asian', S02: 'white' },
    },
  },
  {
    name: 'a bulk without demographics leaves the last numbers',
    first: races,
    files: { demographics: undefined },
    expect: { groups: { [phobos]: counted(1, 1) } },
  },
  {
    name: 'demographics that are refused leave the last numbers',
    first: races,
    files: { demographics: withoutColumn('sourcedId') },
    expect: {
      files: { demographics: { refused: 'demographics.csv lacks the required column sourcedId' } },
      holds: ['refused'],
      groups: { [phobos]: counted(1, 1) },
    },
  },
  {
    name: 'demographics with only a header count nobody',
    first: races,
    files: { demographics: headerOnly },
    expect: { groups: { [phobos]: counted(0, 0) } },
  },
  {
    name: 'demographics that are to be deleted count no more',
    files: {
      demographics: all(column('asian', { S01: 'true', S02: 'true' }), set('S02', { status: 'tobedeleted' })),
    },
    expect: { groups: { [phobos]: counted(1, 0) } },
  },
  {
    name: 'a group whose column is no longer read has no number',
    groups: byLearners,
    groupsNow: { demographics: false },
    first: learners({ S01: 'Y' }),
    files: learners({ S01: 'Y' }),
    expect: { groups: { [district]: {} } },
  },
  {
    name: 'a student of two schools counts once in the district',
    groups: byLearners,
    files: {
      ...learners({ S01: 'Y' }),
      enrollments: plus('E-S21', { sourcedId: 'E-2', userSourcedId: 'S01' }),
    },
    expect: {
      groups: {
        [phobos]: { 'english-learner': 1 },
        [io]: { 'english-learner': 1 },
        [district]: { 'english-learner': 1 },
      },
    },
  },
  {
    name: 'the same demographics again change nothing',
    groups: { keptForPeople: true },
    first: races,
    files: races,
    expect: { groups: { [phobos]: counted(1, 1) } },
  },
  {
    name: 'a row of demographics that comes twice counts as its first says',
    files: {
      demographics: all(column('asian', { S01: 'true' }), ({ header, rows }) => ({
        header,
        rows: [...rows, { ...rows[0]!, asian: '', white: 'true' }],
      })),
    },
    expect: { aside: [['demographics', 4, 'sourcedId', 'unique']], groups: { [phobos]: counted(1, 0) } },
  },
];
