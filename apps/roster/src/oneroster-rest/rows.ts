import { createHash } from 'node:crypto';
import { demographicColumns } from '../groups/group-columns.js';
import type { Row } from '../oneroster/check-row.js';
import { columnsOf } from '../oneroster/columns.js';
import type { FileName, OneRosterVersion } from '../oneroster/columns.js';

/** One resource of the REST binding, as JSON. */
export type Resource = Record<string, unknown>;

/** A collection of the REST binding has the name of its CSV file; `roles` has none, they lie within users. */
export type Collection = Exclude<FileName, 'roles'>;

const same = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));
const everyRow = same('sourcedId', 'status', 'dateLastModified');

/** The CSV binding's columns and the property that holds each. What is not named is never kept: no password. */
function propertiesOf(file: Collection, version: OneRosterVersion): Record<string, string> {
  switch (file) {
    case 'orgs':
      return { ...same('name', 'type', 'identifier'), parentSourcedId: 'parent' };
    case 'academicSessions':
      return { ...same('title', 'type', 'startDate', 'endDate', 'schoolYear'), parentSourcedId: 'parent' };
    case 'courses':
      return {
        ...same('title', 'courseCode', 'grades', 'subjects', 'subjectCodes'),
        schoolYearSourcedId: 'schoolYear',
        orgSourcedId: 'org',
      };
    case 'classes':
      return {
        ...same(
          'title',
          'classCode',
          'classType',
          'location',
          'grades',
          'subjects',
          'subjectCodes',
          'periods',
        ),
        courseSourcedId: 'course',
        schoolSourcedId: 'school',
        termSourcedIds: 'terms',
      };
    case 'users':
      return {
        ...same('enabledUser', 'username', 'userIds', 'givenName', 'familyName', 'middleName', 'identifier'),
        ...same('email', 'sms', 'phone', 'grades'),
        agentSourcedIds: 'agents',
        ...(version === '1.1'
          ? { role: 'role', orgSourcedIds: 'orgs' }
          : {
              ...same('userMasterIdentifier', 'preferredMiddleName', 'pronouns'),
              // The two bindings of 1.2 name these differently.
              preferredGivenName: 'preferredFirstName',
              preferredFamilyName: 'preferredLastName',
              primaryOrgSourcedId: 'primaryOrg',
              resourceSourcedIds: 'resources',
            }),
      };
    case 'enrollments':
      return {
        ...same('role', 'primary', 'beginDate', 'endDate'),
        classSourcedId: 'class',
        schoolSourcedId: 'school',
        userSourcedId: 'user',
      };
    case 'demographics':
      // They are counted and left: what says no group, such as a birth date, does not even reach the disk.
      return same(...demographicColumns.map(({ column }) => column));
  }
}

/** A resource as the row that the CSV binding would have of it; what it lacks is an empty cell. */
export function rowOf(file: Collection, version: OneRosterVersion, resource: Resource): Row {
  const columns = columnsOf(file, version);
  const row: Row = {};
  for (const [column, property] of Object.entries({ ...everyRow, ...propertiesOf(file, version) })) {
    const text = textOf(resource[property]);
    row[column] = columns[column]?.date ? dateOf(text) : text;
  }
  return { ...row, ...metadataOf(resource['metadata']) };
}

/**
 * The roles of a 1.2 user, as rows of roles.csv. Their ids are made of what a role is, so that they stay the same from
 * fetch to fetch: `user~org~role~roleType`, with `~beginDate` where one person has the same role more than once.
 */
export function rolesOf(user: Resource): Row[] {
  const userSourcedId = textOf(user['sourcedId']);
  const roles = (Array.isArray(user['roles']) ? user['roles'] : []).filter(isResource).map((role) => ({
    status: textOf(user['status']),
    dateLastModified: textOf(user['dateLastModified']),
    userSourcedId,
    roleType: textOf(role['roleType']),
    role: textOf(role['role']),
    beginDate: dateOf(textOf(role['beginDate'])),
    endDate: dateOf(textOf(role['endDate'])),
    orgSourcedId: textOf(role['org']),
    userProfileSourcedId: textOf(role['userProfile']),
  }));
  const ids = roles.map((one) => [userSourcedId, one.orgSourcedId, one.role, one.roleType].join('~'));
  return roles.map((role, at) => {
    const id = ids[at]!;
    const again = ids.indexOf(id) !== ids.lastIndexOf(id);
    return { sourcedId: short(again ? `${id}~${role.beginDate}` : id), ...role };
  });
}

/** Ids of more than 128 characters are put aside as too long, and two long ones make a longer one. */
function short(id: string): string {
  return id.length <= 128 ? id : createHash('sha256').update(id).digest('base64url');
}

/** Services disagree about types: a list may come as its only element, a reference as its id, a boolean as a word. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(',');
  if (!isResource(value)) return '';
  // Of userIds, as the CSV binding writes them.
  if (value['identifier'] !== undefined && value['sourcedId'] === undefined)
    return `{${textOf(value['type'])}:${textOf(value['identifier'])}}`;
  return textOf(value['sourcedId']);
}

/** Some services give dates as midnights. Any other time of day is left for the check of dates to find. */
function dateOf(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2})T00:00(:00(\.0+)?)?Z?$/, '$1');
}

function metadataOf(metadata: unknown): Row {
  if (!isResource(metadata)) return {};
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([name]) => !/passw/i.test(name))
      .map(([name, value]) => [
        `metadata.${name}`,
        isResource(value) ? JSON.stringify(value) : textOf(value),
      ]),
  );
}

export function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
