import { codeOf, gradeOf } from './descriptors.js';

/** Every record has the natural key of its resource, by which a page is known to go on where the last one ended. */
interface Keyed {
  key: string;
}

export interface OrgRecord extends Keyed {
  name: string;
  /** Whether its operational status is `Closed`. */
  closed: boolean;
  /** Keys of what it belongs to with the resource they are in, the nearest first. */
  above: [resource: Resource, key: string][];
}

/** A student, contact or staff member; the key is the unique id. */
export interface PersonRecord extends Keyed {
  givenName: string;
  familyName: string;
}

export interface EnrolmentRecord extends Keyed {
  student: string;
  school: string;
  /** Days as `2026-08-10`; `end` may be empty. Both are in it. */
  begin: string;
  end: string;
  grade: string;
  /** False when the record says that another school is the primary one. */
  primary: boolean;
  /** As the record or its calendar says; 0 when neither does. */
  schoolYear: number;
}

export interface ContactLinkRecord extends Keyed {
  student: string;
  contact: string;
  /** The relation's descriptor, may be empty. */
  relation: string;
  legalGuardian: boolean;
}

export interface AssignmentRecord extends Keyed {
  staff: string;
  org: string;
  /** The staff classification's descriptor; undefined in `staffSchoolAssociations`, which is for those who teach. */
  classification?: string;
  begin: string;
  end: string;
  primary: boolean;
}

/** What is kept of a record of each resource. Anything else that comes along, such as birth dates, is never stored. */
export interface Records {
  stateEducationAgencies: OrgRecord;
  educationServiceCenters: OrgRecord;
  localEducationAgencies: OrgRecord;
  schools: OrgRecord;
  students: PersonRecord;
  /** Data Standard 5 and later. */
  contacts: PersonRecord;
  /** Data Standards 3 and 4. */
  parents: PersonRecord;
  staffs: PersonRecord;
  studentSchoolAssociations: EnrolmentRecord;
  studentContactAssociations: ContactLinkRecord;
  studentParentAssociations: ContactLinkRecord;
  staffEducationOrganizationAssignmentAssociations: AssignmentRecord;
  staffSchoolAssociations: AssignmentRecord;
}
export type Resource = keyof Records;

/**
 * Reads a record of a resource as the API gives it.
 * @throws Error naming the field of its key that is missing: then it is not that resource at all.
 */
export function readRecord<R extends Resource>(resource: R, given: unknown): Records[R] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Error('a row is not an object');
  return readers[resource](given as Given);
}

type Given = Record<string, unknown>;

const readers: { [R in Resource]: (given: Given) => Records[R] } = {
  stateEducationAgencies: (given) => org(given, 'stateEducationAgencyId', []),
  educationServiceCenters: (given) => org(given, 'educationServiceCenterId', [toState]),
  localEducationAgencies: (given) =>
    org(given, 'localEducationAgencyId', [
      ['parentLocalEducationAgencyReference', 'localEducationAgencyId', 'localEducationAgencies'],
      ['educationServiceCenterReference', 'educationServiceCenterId', 'educationServiceCenters'],
      toState,
    ]),
  schools: (given) =>
    org(given, 'schoolId', [
      ['localEducationAgencyReference', 'localEducationAgencyId', 'localEducationAgencies'],
    ]),
  students: (given) => person(given, 'studentUniqueId'),
  contacts: (given) => person(given, 'contactUniqueId'),
  parents: (given) => person(given, 'parentUniqueId'),
  staffs: (given) => person(given, 'staffUniqueId'),
  studentSchoolAssociations: enrolment,
  studentContactAssociations: (given) => contactLink(given, 'contactReference', 'contactUniqueId'),
  studentParentAssociations: (given) => contactLink(given, 'parentReference', 'parentUniqueId'),
  staffEducationOrganizationAssignmentAssociations: assignment,
  staffSchoolAssociations: teaching,
};

const toState: [string, string, Resource] = [
  'stateEducationAgencyReference',
  'stateEducationAgencyId',
  'stateEducationAgencies',
];

function org(given: Given, id: string, references: [string, string, Resource][]): OrgRecord {
  return {
    key: needed(given, id),
    name: text(given['nameOfInstitution']),
    closed: codeOf(text(given['operationalStatusDescriptor'])) === 'Closed',
    above: references.flatMap(([reference, field, resource]): OrgRecord['above'] => {
      const key = text(inside(given, reference)[field]);
      return key ? [[resource, key]] : [];
    }),
  };
}

function person(given: Given, id: string): PersonRecord {
  return {
    key: needed(given, id),
    givenName: text(given['firstName']),
    familyName: text(given['lastSurname']),
  };
}

function enrolment(given: Given): EnrolmentRecord {
  const student = needed(inside(given, 'studentReference'), 'studentUniqueId');
  const school = needed(inside(given, 'schoolReference'), 'schoolId');
  const begin = day(needed(given, 'entryDate'));
  const year =
    inside(given, 'schoolYearTypeReference')['schoolYear'] ??
    inside(given, 'calendarReference')['schoolYear'];
  return {
    key: keyOf(student, school, begin),
    student,
    school,
    begin,
    end: day(text(given['exitWithdrawDate'])),
    grade: gradeOf(text(given['entryGradeLevelDescriptor'])),
    primary: given['primarySchool'] !== false,
    schoolYear: Number(year ?? 0),
  };
}

function contactLink(given: Given, reference: string, id: string): ContactLinkRecord {
  const student = needed(inside(given, 'studentReference'), 'studentUniqueId');
  const contact = needed(inside(given, reference), id);
  return {
    key: keyOf(student, contact),
    student,
    contact,
    relation: text(given['relationDescriptor']),
    legalGuardian: given['legalGuardian'] === true,
  };
}

function assignment(given: Given): AssignmentRecord {
  const staff = needed(inside(given, 'staffReference'), 'staffUniqueId');
  const org = needed(inside(given, 'educationOrganizationReference'), 'educationOrganizationId');
  const classification = needed(given, 'staffClassificationDescriptor');
  const begin = day(needed(given, 'beginDate'));
  return {
    key: keyOf(staff, org, classification, begin),
    staff,
    org,
    classification,
    begin,
    end: day(text(given['endDate'])),
    primary: !(Number(given['orderOfAssignment'] ?? 1) > 1),
  };
}

function teaching(given: Given): AssignmentRecord {
  const staff = needed(inside(given, 'staffReference'), 'staffUniqueId');
  const org = needed(inside(given, 'schoolReference'), 'schoolId');
  const program = text(given['programAssignmentDescriptor']);
  return { key: keyOf(staff, org, program), staff, org, begin: '', end: '', primary: true };
}

/** Parts of a key cannot run into each other. */
function keyOf(...parts: string[]): string {
  return parts.join('\u001f');
}

function inside(given: Given, reference: string): Given {
  const value = given[reference];
  return typeof value === 'object' && value !== null ? (value as Given) : {};
}

function needed(given: Given, field: string): string {
  const value = text(given[field]);
  if (!value) throw new Error(`a row has no ${field}`);
  return value;
}

/** Ids are numbers or text, depending on the resource. Nothing that is kept is longer than 300 characters. */
function text(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim().slice(0, 300) : '';
}

/** Some APIs write a day with midnight behind it. */
function day(value: string): string {
  return value.replace(/T00:00:00.*$/, '');
}
