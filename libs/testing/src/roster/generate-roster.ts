import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface RosterPlan {
  /** The same seed and sizes give the same bytes. */
  seed: number;
  /** How many rows users.csv has. */
  people: number;
  version: '1.1' | '1.2';
}

/** Rows of each file. */
export type RosterCounts = Record<string, number>;

const headers: Record<string, string> = {
  orgs: 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId',
  academicSessions:
    'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
  courses:
    'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
  classes:
    'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
  'users 1.1':
    'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
  'users 1.2':
    'sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns',
  roles:
    'sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId',
  enrollments:
    'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
  demographics:
    'sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus',
};

const first = [
  'Ada',
  'Bela',
  'Chidi',
  'Dara',
  'Efua',
  'Farid',
  'Gwen',
  'Hana',
  'Ines',
  'José',
  'Kofi',
  'Lien',
];
const last = [
  'Abara',
  'Brandt',
  'Castro',
  'Dahl',
  'Eze',
  'Flores',
  'Gao',
  'Haddad',
  'Ivanov',
  'Jensen',
  'Kaya',
];
const grades = ['KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'];

/** Of a thousand people: so many students; the next so many staff; all others speak for a student. */
const students = 500;
const staff = 70;
const peopleInSchool = 1_200;
const classesOfStudent = 6;
const classSize = 25;

/**
 * Writes a conformant bulk package of a made-up district: a state, districts, schools, classes, students with their
 * guardians linked from both sides, staff of whom some work at two schools, disabled accounts, enrolments of which
 * some have ended. Six enrolments a student, so three for each of the people. In memory is one block a file.
 */
export function generateRoster(folder: string, plan: RosterPlan): RosterCounts {
  mkdirSync(folder, { recursive: true });
  const roster = new Writing(folder, plan);
  const { people } = plan;
  const schools = Math.max(2, Math.round(people / peopleInSchool));
  roster.places(schools);
  const studentCount = Math.floor((people * students) / 1_000);
  const staffCount = Math.floor((people * staff) / 1_000);
  const classes = Math.max(schools, Math.ceil((studentCount * classesOfStudent) / classSize));
  roster.classes(classes, schools);
  for (let i = 0; i < studentCount; i += 1) roster.student(i, schools, classes, studentCount + staffCount);
  for (let i = 0; i < staffCount; i += 1) roster.staff(studentCount + i, i, schools, classes);
  for (let i = studentCount + staffCount; i < people; i += 1)
    roster.guardian(i, i - studentCount - staffCount, studentCount, schools);
  return roster.end();
}

class Writing {
  private readonly files = new Map<string, { fd: number; text: string; rows: number }>();
  private state: number;
  private enrolments = 0;
  private readonly is12: boolean;

  constructor(
    private readonly folder: string,
    private readonly plan: RosterPlan,
  ) {
    this.state = plan.seed >>> 0;
    this.is12 = plan.version === '1.2';
    for (const file of [
      'orgs',
      'academicSessions',
      'courses',
      'classes',
      'users',
      'enrollments',
      'demographics',
    ])
      this.open(file, headers[file] ?? headers[`${file} ${plan.version}`]!);
    if (this.is12) this.open('roles', headers['roles']!);
  }

  places(schools: number): void {
    this.row('orgs', '0400,,,State of Moon,state,,');
    for (let i = 0; i * 30 < schools; i += 1)
      this.row('orgs', `${district(i)},,,District ${i},district,,0400`);
    for (let i = 0; i < schools; i += 1)
      this.row(
        'orgs',
        `${school(i)},,,"School ${i}, Crater Road",school,${i},${district(Math.floor(i / 30))}`,
      );
    this.row('academicSessions', 'SY27,,,2026-2027,schoolYear,2026-08-10,2027-06-04,,2027');
    this.row('academicSessions', 'SY27-1,,,Autumn,semester,2026-08-10,2026-12-18,SY27,2027');
    this.row('academicSessions', 'SY27-2,,,Spring,semester,2027-01-04,2027-06-04,SY27,2027');
  }

  classes(classes: number, schools: number): void {
    for (let i = 0; i < schools * 10; i += 1)
      this.row('courses', `C${i},,,SY27,Course ${i},${i},,${school(i % schools)},,`);
    for (let i = 0; i < classes; i += 1)
      this.row(
        'classes',
        `K${i},,,Class ${i},,C${i % (schools * 10)},k${i},scheduled,Room ${i % 40},${school(i % schools)},"SY27-1,SY27-2",,,1`,
      );
  }

  student(i: number, schools: number, classes: number, firstGuardian: number): void {
    const at = school(i % schools);
    const grade = grades[this.random(grades.length)]!;
    const guardian = firstGuardian + (i % Math.max(1, this.plan.people - firstGuardian));
    this.person(i, 'student', at, user(guardian), grade, this.random(200) > 0);
    for (let n = 0; n < classesOfStudent; n += 1) {
      const inClass = (i + n * schools) % classes;
      const ended = this.random(40) === 0;
      this.enrol(inClass, schools, i, 'student', ended ? '2026-10-02' : '2027-06-04');
    }
    const birth = `${2009 + this.random(12)}-0${1 + this.random(9)}-1${this.random(9)}`;
    this.row(
      'demographics',
      `${user(i)},,,${birth},${this.random(2) ? 'female' : 'male'},false,false,false,false,true,false,false,,,,`,
    );
  }

  staff(i: number, n: number, schools: number, classes: number): void {
    const at = school(n % schools);
    const role =
      n % 20 === 0 ? (this.is12 ? 'principal' : 'administrator') : n % 6 === 0 ? 'aide' : 'teacher';
    this.person(i, role, at, '', '', true);
    if (n % 50 === 1 && this.is12) this.role(i, 1, role, school((n + 1) % schools));
    if (role === 'teacher') this.enrol(n % classes, schools, i, 'teacher', '2027-06-04');
  }

  guardian(i: number, n: number, studentCount: number, schools: number): void {
    const guardians = this.plan.people - i + n;
    const named: string[] = [];
    for (let child = n; child < studentCount; child += guardians) named.push(user(child));
    const role = n % 9 === 0 ? 'guardian' : 'parent';
    this.person(i, role, school(n % schools), named.join(','), '', true);
  }

  end(): RosterCounts {
    const { version } = this.plan;
    const counts: RosterCounts = {};
    for (const [file, { fd, text, rows }] of this.files) {
      writeSync(fd, text);
      closeSync(fd);
      counts[file] = rows;
    }
    const fd = openSync(join(this.folder, 'manifest.csv'), 'w');
    const listed = [...this.files.keys()].map((file) => `file.${file},bulk\n`).join('');
    writeSync(fd, `propertyName,value\nmanifest.version,1.0\noneroster.version,${version}\n${listed}`);
    closeSync(fd);
    return counts;
  }

  private person(i: number, role: string, at: string, agents: string, grade: string, enabled: boolean): void {
    const [given, family] = [first[this.random(first.length)]!, last[this.random(last.length)]!];
    const address = `${given.toLowerCase()}.${i}@moon.example.org`;
    const named = agents.includes(',') ? `"${agents}"` : agents;
    const common = `p${i},,${given},${family},,${i},${address},,,${named},${grade},`;
    if (this.is12) {
      this.row('users', `${user(i)},,,${enabled},${common},,,,,${at},`);
      this.role(i, 0, role, at);
    } else this.row('users', `${user(i)},,,${enabled},${at},${role},${common}`);
  }

  private role(i: number, n: number, role: string, at: string): void {
    const kind = n === 0 ? 'primary' : 'secondary';
    this.row('roles', `R-${user(i)}-${n},,,${user(i)},${kind},${role},2026-08-10,,${at},`);
  }

  private enrol(inClass: number, schools: number, i: number, role: string, until: string): void {
    const id = `E${String(this.enrolments).padStart(9, '0')}`;
    this.enrolments += 1;
    this.row(
      'enrollments',
      `${id},,,K${inClass},${school(inClass % schools)},${user(i)},${role},${role === 'teacher'},2026-08-10,${until}`,
    );
  }

  private open(file: string, header: string): void {
    this.files.set(file, {
      fd: openSync(join(this.folder, `${file}.csv`), 'w'),
      text: `${header}\n`,
      rows: 0,
    });
  }

  private row(name: string, line: string): void {
    const file = this.files.get(name)!;
    file.text += `${line}\n`;
    file.rows += 1;
    if (file.text.length < 1 << 20) return;
    writeSync(file.fd, file.text);
    file.text = '';
  }

  /** A whole number below `end`: a linear congruential generator is random enough for names. */
  private random(end: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * end);
  }
}

/** Ids begin with zeros: whoever takes them for numbers loses people. */
function user(i: number): string {
  return String(70_000 + i).padStart(9, '0');
}
function district(i: number): string {
  return `0417${String(i).padStart(3, '0')}`;
}
function school(i: number): string {
  return `04${String(17_000 + i).padStart(6, '0')}-S`;
}
