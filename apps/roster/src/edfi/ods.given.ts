import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Records by resource, in the order in which the API gives them; a resource that is not named is not there (404). */
export type OdsData = Record<string, object[]>;

export interface Call {
  /** The resource, or `token`. */
  resource: string;
  path: string;
  offset: number;
  limit: number;
}

export interface GivenOds {
  /** Where the API begins. */
  url: string;
  data: OdsData;
  calls: Call[];
  /** Answers a call in its own way, true when it did. */
  misbehave: (call: Call, response: ServerResponse) => boolean;
  /** Makes the API forget its tokens. */
  forget(): void;
  close(): Promise<void>;
}

export const client = { id: 'a-key', secret: 'Tr0ub4dor&3-not-for-logs' };

/** An Ed-Fi ODS/API on this machine, with the shapes, paging and tokens of the real one. */
export async function givenOds(data: OdsData, path = '/v7.1/api'): Promise<GivenOds> {
  let tokens = new Set<string>();
  let issued = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://ods');
    const call: Call = {
      resource: url.pathname === `${path}/oauth/token` ? 'token' : (url.pathname.split('/').pop() ?? ''),
      path: url.pathname,
      offset: Number(url.searchParams.get('offset') ?? 0),
      limit: Number(url.searchParams.get('limit') ?? 25),
    };
    ods.calls.push(call);
    request.resume();
    if (ods.misbehave(call, response)) return;
    if (call.resource === 'token') return giveToken(request, response);
    if (!tokens.has(request.headers.authorization?.replace('Bearer ', '') ?? ''))
      return sent(response, 401, {});
    const below = url.pathname.replace(path, '');
    const all = /^\/data\/v3(\/\d{4})?\/ed-fi\/\w+$/.test(below) ? ods.data[call.resource] : undefined;
    if (!all) return sent(response, 404, { detail: 'The specified resource could not be found.' });
    if (call.limit > 500) return sent(response, 400, { detail: 'Limit must be between 0 and 500.' });
    if (url.searchParams.get('totalCount') === 'true') response.setHeader('Total-Count', all.length);
    sent(response, 200, all.slice(call.offset, call.offset + call.limit));
  });
  const giveToken = (request: IncomingMessage, response: ServerResponse): void => {
    const right = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
    if (request.method !== 'POST' || request.headers.authorization !== right)
      return sent(response, 401, { error: 'invalid_client' });
    const token = `token-${(issued += 1)}`;
    tokens.add(token);
    sent(response, 200, { access_token: token, expires_in: 1800, token_type: 'bearer' });
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const ods: GivenOds = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    data,
    calls: [],
    misbehave: () => false,
    forget: () => void (tokens = new Set()),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return ods;
}

export function sent(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const descriptor = (kind: string, code: string): string => `uri://ed-fi.org/${kind}Descriptor#${code}`;
const linked = (rel: string, reference: object): object => ({
  ...reference,
  link: { rel, href: `/ed-fi/${rel}/8f0d` },
});

export function student(id: string, firstName = 'Allen', lastSurname = 'Morry'): object {
  return {
    id: `00${id}`,
    studentUniqueId: id,
    birthDate: '2015-03-14',
    firstName,
    lastSurname,
    otherNames: [],
    _etag: '5250168731208835753',
  };
}

export function enrolled(studentUniqueId: string, schoolId: number, more: object = {}): object {
  return {
    id: '1f',
    entryDate: '2026-08-10',
    schoolReference: linked('School', { schoolId }),
    schoolYearTypeReference: linked('SchoolYearType', { schoolYear: 2027 }),
    studentReference: linked('Student', { studentUniqueId }),
    entryGradeLevelDescriptor: descriptor('GradeLevel', 'Ninth grade'),
    primarySchool: true,
    ...more,
  };
}

export function assigned(staffUniqueId: string, orgId: number, classification: string, more = {}): object {
  return {
    beginDate: '2020-08-10',
    staffClassificationDescriptor: descriptor('StaffClassification', classification),
    educationOrganizationReference: linked('School', { educationOrganizationId: orgId }),
    staffReference: linked('Staff', { staffUniqueId }),
    ...more,
  };
}

export const grade = (code: string): object => ({
  entryGradeLevelDescriptor: descriptor('GradeLevel', code),
});

/** A state, a service centre, a district with two schools, three students, their contacts, four staff. */
export function sampleOds(): OdsData {
  const staff = (staffUniqueId: string): object => ({
    staffUniqueId,
    birthDate: '1980-01-01',
    firstName: 'Orion',
    lastSurname: 'Wyke',
  });
  const contact = (contactUniqueId: string, firstName: string): object => ({
    contactUniqueId,
    firstName,
    lastSurname: 'Morry',
    electronicMails: [{ electronicMailAddress: `${firstName}@mars.example.org` }],
  });
  const link = (studentUniqueId: string, contactUniqueId: string, relation: string, more = {}): object => ({
    contactReference: linked('Contact', { contactUniqueId }),
    studentReference: linked('Student', { studentUniqueId }),
    relationDescriptor: descriptor('Relation', relation),
    ...more,
  });
  return {
    stateEducationAgencies: [
      { stateEducationAgencyId: 1, nameOfInstitution: 'Moon Department of Education' },
    ],
    educationServiceCenters: [
      {
        educationServiceCenterId: 255950,
        nameOfInstitution: 'Region 99',
        stateEducationAgencyReference: linked('StateEducationAgency', { stateEducationAgencyId: 1 }),
      },
    ],
    localEducationAgencies: [
      {
        localEducationAgencyId: 255901,
        nameOfInstitution: 'Moon Unified School District',
        educationServiceCenterReference: linked('EducationServiceCenter', {
          educationServiceCenterId: 255950,
        }),
        stateEducationAgencyReference: linked('StateEducationAgency', { stateEducationAgencyId: 1 }),
      },
    ],
    schools: [255901001, 255901002].map((schoolId) => ({
      schoolId,
      nameOfInstitution: `School ${schoolId}`,
      operationalStatusDescriptor: descriptor('OperationalStatus', 'Active'),
      localEducationAgencyReference: linked('LocalEducationAgency', { localEducationAgencyId: 255901 }),
    })),
    students: [student('604822', 'Allen'), student('604823', 'Peregrin'), student('604824', 'Mia', 'Tal')],
    studentSchoolAssociations: [
      enrolled('604822', 255901002, {
        entryDate: '2025-08-11',
        exitWithdrawDate: '2026-06-12',
        ...grade('Eighth grade'),
      }),
      enrolled('604822', 255901001),
      enrolled('604823', 255901002, grade('Kindergarten')),
      enrolled('604824', 255901001, { primarySchool: false, ...grade('Honours, advanced track') }),
    ],
    contacts: [contact('777', 'Demma'), contact('778', 'Ilse'), contact('779', 'Bo')],
    studentContactAssociations: [
      link('604822', '777', 'Mother'),
      link('604823', '777', 'Mother, step'),
      link('604823', '778', 'Aunt', { legalGuardian: true }),
      link('604824', '779', 'Neighbor'),
    ],
    staffs: ['207219', '207220', '207221', '207222'].map(staff),
    staffEducationOrganizationAssignmentAssociations: [
      assigned('207219', 255901001, 'Secondary Teacher'),
      assigned('207220', 255901001, 'Principal', { endDate: '2027-06-30' }),
      assigned('207221', 255901, 'Superintendent', { orderOfAssignment: 2 }),
      assigned('207222', 255901002, 'School Psychologist'),
      assigned('207222', 99, 'Teacher'),
    ],
  };
}

/** The same of a Data Standard before 5: contacts are called parents, and nothing tells a legal guardian. */
export function sampleOfDataStandard3(): OdsData {
  const { contacts, studentContactAssociations, ...same } = sampleOds();
  const renamed = (records: object[] = []): object[] =>
    JSON.parse(
      JSON.stringify(records)
        .replaceAll('contactUniqueId', 'parentUniqueId')
        .replaceAll('contactReference', 'parentReference')
        .replaceAll(',"legalGuardian":true', ''),
    ) as object[];
  return {
    ...same,
    parents: renamed(contacts),
    studentParentAssociations: renamed(studentContactAssociations),
  };
}
