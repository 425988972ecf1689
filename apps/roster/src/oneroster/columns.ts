/**
 * The columns of OneRoster's CSV binding that are read here, with their rules. A column that is not in the table is
 * tolerated and never read: that is why a password in a file cannot be stored, logged or echoed.
 */
export interface Column {
  /** Must be in the header, and filled in every row. */
  required?: true;
  /** The vocabulary, in its own case; a value that differs only in case is taken and reported. */
  oneOf?: readonly string[];
  /** A date such as `2026-08-10`. */
  date?: true;
  /** Several ids in one cell, separated by commas. */
  list?: true;
  /** The file whose `sourcedId` it names. */
  refersTo?: FileName;
  /** The longest value taken, in characters. */
  max?: number;
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
const trueOrFalse = ['true', 'false'];

/** Every file has these; `status` may be empty in a bulk file. */
const everyFile: Record<string, Column> = {
  sourcedId: { required, max: 128 },
  status: { oneOf: ['active', 'tobedeleted'] },
};

/** The columns of a file in a version. OneRoster 1.2 moved a person's roles from users.csv to roles.csv. */
export function columnsOf(file: FileName, version: OneRosterVersion): Record<string, Column> {
  return { ...everyFile, ...own(file, version) };
}

function own(file: FileName, version: OneRosterVersion): Record<string, Column> {
  switch (file) {
    case 'orgs':
      return { name: { required, max: 300 }, type: { required, oneOf: orgTypes }, parentSourcedId: {} };
    case 'academicSessions':
      return {
        title: { required },
        type: { required, oneOf: ['gradingPeriod', 'semester', 'schoolYear', 'term'] },
        startDate: { required, date: true },
        endDate: { required, date: true },
        schoolYear: { required },
      };
    case 'courses':
      return { title: { required }, orgSourcedId: { required, refersTo: 'orgs' } };
    case 'classes':
      return {
        title: { required },
        courseSourcedId: { required, refersTo: 'courses' },
        classType: { required, oneOf: ['homeroom', 'scheduled'] },
        schoolSourcedId: { required, refersTo: 'orgs' },
        termSourcedIds: { required, list: true, refersTo: 'academicSessions' },
      };
    case 'users':
      return {
        enabledUser: { required, oneOf: trueOrFalse },
        username: { required },
        givenName: { required },
        familyName: { required },
        agentSourcedIds: { list: true },
        grades: { list: true },
        ...(version === '1.1' && {
          orgSourcedIds: { required, list: true, refersTo: 'orgs' },
          role: { required, oneOf: userRoles11 },
        }),
      };
    case 'roles':
      return {
        userSourcedId: { required, refersTo: 'users' },
        roleType: { required, oneOf: ['primary', 'secondary'] },
        role: { required, oneOf: userRoles12 },
        beginDate: { date: true },
        endDate: { date: true },
        orgSourcedId: { required, refersTo: 'orgs' },
      };
    case 'enrollments':
      return {
        classSourcedId: { required, refersTo: 'classes' },
        schoolSourcedId: { required, refersTo: 'orgs' },
        userSourcedId: { required, refersTo: 'users' },
        role: { required, oneOf: ['administrator', 'proctor', 'student', 'teacher'] },
        primary: { oneOf: trueOrFalse },
        beginDate: { date: true },
        endDate: { date: true },
      };
    case 'demographics':
      // Counted and left: nothing of it is kept, so nothing but its id is read.
      return {};
  }
}
