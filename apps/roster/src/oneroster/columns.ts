/**
 * The columns of OneRoster's CSV binding that are read here, with their rules. A column that is not in the table is
 * tolerated and never read: that is why a password in a file cannot be stored, logged or echoed.
 */
export interface Column {
  /** Must be in the header, and filled in every row. */
  required?: true;
  /** The vocabulary, in its own case; a value that differs only in case is taken and reported. */
  oneOf?: readonly string[];
  /**
   * OneRoster 1.2 lets a district add words that begin with `ext:`. They are `taken` where a word is not understood
   * anyway; they are `unknown` where its meaning is needed.
   */
  extensions?: 'taken' | 'unknown';
  /** A date such as `2026-08-10`. */
  date?: true;
  /** Several ids in one cell, separated by commas. */
  list?: true;
  /** The file whose `sourcedId` it names. */
  refersTo?: FileName;
  /** Words of people: line breaks and tabs in it become spaces. */
  text?: true;
  /** The longest value taken, in characters. */
  max?: number;
  /** Kept with the row, and why; docs/privacy.md lists these. Other columns are checked and let go. */
  keep?: string;
  /** Not kept: it only goes into a keyed fingerprint, by which a later import sees that the row changed. */
  print?: true;
}

export const fileNames = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'roles',
  'enrollments',
  'demographics',
] as const;
/** The files that are read, in the order in which they are read: what is referred to comes first. */
export type FileName = (typeof fileNames)[number];

export type OneRosterVersion = '1.1' | '1.2';

export const orgTypes = ['department', 'school', 'district', 'local', 'state', 'national'] as const;
export type OrgType = (typeof orgTypes)[number];

const userRoles11 = [
  'administrator',
  'aide',
  'guardian',
  'parent',
  'proctor',
  'relative',
  'student',
  'teacher',
];
const userRoles12 = [
  'aide',
  'counselor',
  'districtAdministrator',
  'guardian',
  'parent',
  'principal',
  'proctor',
  'relative',
  'siteAdministrator',
  'student',
  'systemAdministrator',
  'teacher',
];
const required = true as const;
const print = true as const;
const trueOrFalse = ['true', 'false'];

/** The longest id taken, in characters; the specification sets no limit of its own. */
const id = { max: 128 };

/** Every file has these; `status` may be empty in a bulk file. */
const everyFile: Record<string, Column> = {
  sourcedId: { required, ...id, keep: 'says which row a later import means' },
  status: { oneOf: ['active', 'tobedeleted'] },
};

/** The columns of a file in a version. OneRoster 1.2 moved a person's roles from users.csv to roles.csv. */
export function columnsOf(file: FileName, version: OneRosterVersion): Record<string, Column> {
  return { ...everyFile, ...own(file, version) };
}

/** The names of the columns that are kept of a file, its id first; the same for both versions. */
export function keptColumns(file: FileName): string[] {
  const both = { ...columnsOf(file, '1.2'), ...columnsOf(file, '1.1') };
  return Object.keys(both).filter((name) => name === 'sourcedId' || both[name]!.keep);
}

function own(file: FileName, version: OneRosterVersion): Record<string, Column> {
  const extensions = (are: Column['extensions']): Pick<Column, 'extensions'> =>
    version === '1.2' ? { extensions: are } : {};
  switch (file) {
    case 'orgs':
      return {
        name: {
          required,
          text: true,
          max: 300,
          keep: 'shown wherever an organisation is chosen or reported',
        },
        type: { required, oneOf: orgTypes, ...extensions('unknown'), keep: 'its level' },
        parentSourcedId: { ...id, keep: 'the organisation above' },
        identifier: { print },
      };
    case 'academicSessions':
      return {
        title: { required, print },
        type: {
          required,
          oneOf: ['gradingPeriod', 'semester', 'schoolYear', 'term'],
          ...extensions('taken'),
          print,
        },
        startDate: { required, date: true, print },
        endDate: { required, date: true, print },
        schoolYear: { required, print },
      };
    case 'courses':
      return {
        title: { required, print },
        orgSourcedId: { required, ...id, refersTo: 'orgs', print },
        courseCode: { print },
      };
    case 'classes':
      return {
        title: { required, print },
        courseSourcedId: { required, ...id, refersTo: 'courses', print },
        classType: { required, oneOf: ['homeroom', 'scheduled'], ...extensions('taken'), print },
        schoolSourcedId: { required, ...id, refersTo: 'orgs', print },
        termSourcedIds: { required, list: true, max: 4_000, refersTo: 'academicSessions', print },
      };
    case 'users':
      return {
        enabledUser: {
          required,
          oneOf: trueOrFalse,
          keep: 'a disabled account is neither deleted nor missing',
        },
        username: { required, print },
        givenName: { required, print },
        familyName: { required, print },
        middleName: { print },
        preferredGivenName: { print },
        preferredFamilyName: { print },
        identifier: { print },
        email: { print },
        sms: { print },
        phone: { print },
        agentSourcedIds: {
          list: true,
          max: 4_000,
          keep: 'links a student and those who speak for the student',
        },
        grades: { list: true, text: true, max: 200, keep: 'students are counted by grade' },
        ...(version === '1.1' && {
          orgSourcedIds: {
            required,
            list: true,
            max: 4_000,
            refersTo: 'orgs',
            keep: 'people are counted where they are',
          },
          role: { required, oneOf: userRoles11, keep: 'students, staff and families are counted apart' },
        }),
      };
    case 'roles':
      return {
        userSourcedId: { required, ...id, refersTo: 'users', keep: 'whose role it is' },
        roleType: { required, oneOf: ['primary', 'secondary'], print },
        role: {
          required,
          oneOf: userRoles12,
          ...extensions('unknown'),
          keep: 'students, staff and families are counted apart',
        },
        beginDate: { date: true, keep: 'a role counts while it is in force' },
        endDate: { date: true, keep: 'a role counts while it is in force' },
        orgSourcedId: { required, ...id, refersTo: 'orgs', keep: 'people are counted where they are' },
      };
    case 'enrollments':
      return {
        classSourcedId: { required, ...id, refersTo: 'classes', print },
        schoolSourcedId: { required, ...id, refersTo: 'orgs', keep: 'people are counted where they are' },
        userSourcedId: { required, ...id, refersTo: 'users', keep: 'who is enrolled' },
        role: {
          required,
          oneOf: ['administrator', 'proctor', 'student', 'teacher'],
          ...extensions('unknown'),
          keep: 'students and staff are counted apart',
        },
        primary: { oneOf: trueOrFalse, print },
        beginDate: { date: true, keep: 'an enrolment counts while it is in force' },
        endDate: { date: true, keep: 'an enrolment counts while it is in force' },
      };
    case 'demographics':
      // Nothing of a row is kept but its id, which is a user's; groups/ reads the columns that say a group.
      return { sourcedId: { required, ...id, refersTo: 'users' } };
  }
}
