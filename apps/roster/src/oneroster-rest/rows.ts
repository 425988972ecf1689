import type { Row } from '../oneroster/check-row.js';
import type { FileName, OneRosterVersion } from '../oneroster/columns.js';

type Resource = Record<string, unknown>;

/** Columns whose cell is the id, or the ids, of what a property refers to. */
const references: Partial<Record<FileName, Record<string, string>>> = {
  orgs: { parentSourcedId: 'parent' },
  academicSessions: { parentSourcedId: 'parent' },
  courses: { orgSourcedId: 'org' },
  classes: { courseSourcedId: 'course', schoolSourcedId: 'school', termSourcedIds: 'terms' },
  users: { agentSourcedIds: 'agents', orgSourcedIds: 'orgs' },
  enrollments: { classSourcedId: 'class', schoolSourcedId: 'school', userSourcedId: 'user' },
};

/** Properties with the names of their columns. A password is not among them. */
const plain: Record<FileName, readonly string[]> = {
  orgs: ['name', 'type', 'identifier'],
  academicSessions: ['title', 'type', 'startDate', 'endDate', 'schoolYear'],
  courses: ['title', 'courseCode'],
  classes: ['title', 'classCode', 'classType'],
  users: [
    'enabledUser',
    'username',
    'givenName',
    'familyName',
    'middleName',
    'identifier',
    'email',
    'sms',
    'phone',
    'grades',
    'role',
  ],
  roles: [],
  enrollments: ['role', 'primary', 'beginDate', 'endDate'],
  demographics: [],
};

/** A resource of the REST binding as the row that the CSV binding would have of it. @throws Error for no object. */
export function rowOf(file: FileName, resource: unknown): Row {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource))
    throw new Error('a row of it is not an object');
  const from = resource as Resource;
  const row: Row = { sourcedId: cell(from['sourcedId']), status: cell(from['status']) };
  for (const name of plain[file]) row[name] = cell(from[name]);
  for (const [column, property] of Object.entries(references[file] ?? {}))
    row[column] = idsIn(from[property]);
  if (file === 'users') {
    // OneRoster 1.2 renamed these between its bindings.
    row['preferredGivenName'] = cell(from['preferredFirstName']);
    row['preferredFamilyName'] = cell(from['preferredLastName']);
  }
  return row;
}

/**
 * The roles inside a user of OneRoster 1.2, as rows of roles.csv. The REST binding gives them no id of their own, so
 * they get one that stays the same as long as person, organisation, role and its kind do.
 */
export function rolesOf(version: OneRosterVersion, resource: unknown): Row[] {
  const { sourcedId, status, roles } = resource as Resource;
  if (version !== '1.2' || !Array.isArray(roles)) return [];
  const user = cell(sourcedId);
  const seen = new Map<string, number>();
  return (roles as Resource[]).map((one) => {
    const orgSourcedId = idsIn(one['org']);
    const [role, roleType] = [cell(one['role']), cell(one['roleType'])];
    const id = `${user}~${orgSourcedId}~${role}~${roleType}`;
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return {
      sourcedId: before === 0 ? id : `${id}~${before}`,
      status: cell(status),
      userSourcedId: user,
      roleType,
      role,
      beginDate: cell(one['beginDate']),
      endDate: cell(one['endDate']),
      orgSourcedId,
    };
  });
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return value.map(cell).join(',');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** `{sourcedId}`, or a list of such. */
function idsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(idsIn).filter(Boolean).join(',');
  return typeof value === 'object' && value !== null ? cell((value as Resource)['sourcedId']) : '';
}
