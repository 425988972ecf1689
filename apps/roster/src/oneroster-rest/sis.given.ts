import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Resource = Record<string, unknown>;
/** Answers instead of the service; true when it has. */
export type Trick = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

/** A OneRoster service for tests: real HTTP, made-up people, and tricks that it plays when it is told to. */
export interface Sis {
  baseUrl: string;
  tokenUrl: string;
  /** Every request for rows: path and query. */
  asked: URL[];
  tokens: number;
  data: Record<string, Resource[]>;
  /** `count`: X-Total-Count. `link`: rel=next, and no count. `none`: neither. */
  paging: 'count' | 'link' | 'none';
  trick?: Trick;
  close(): void;
}

const ref = (sourcedId: string, type: string): Resource => ({
  sourcedId,
  type,
  href: `/${type}/${sourcedId}`,
});

function people(version: '1.1' | '1.2'): Resource[] {
  const person = (sourcedId: string, role: string, more: Resource = {}): Resource => ({
    sourcedId,
    status: 'active',
    dateLastModified: '2026-09-01T00:00:00.000Z',
    enabledUser: true,
    username: sourcedId.toLowerCase(),
    givenName: 'Some',
    familyName: 'One',
    password: 'hunter2',
    agents: [],
    ...(version === '1.1'
      ? { role, orgs: [ref('0012', 'org')] }
      : { roles: [{ roleType: 'primary', role, org: ref('0012', 'org'), beginDate: '2026-08-10' }] }),
    ...more,
  });
  return [
    person('0007', 'student', { grades: ['03', '04'], agents: [ref('P1', 'user')] }),
    person('P1', 'parent', { agents: [ref('0007', 'user')] }),
    person('T1', 'teacher'),
    person('T2', 'teacher', { enabledUser: false }),
    person('T3', 'aide', { status: 'tobedeleted' }),
  ];
}

export async function givenSis(version: '1.1' | '1.2'): Promise<Sis> {
  const sis: Sis = {
    baseUrl: '',
    tokenUrl: '',
    asked: [],
    tokens: 0,
    paging: 'count',
    data: {
      orgs: [
        { sourcedId: '00', status: 'active', name: 'District', type: 'district', identifier: '1' },
        { sourcedId: '0012', status: 'active', name: 'School', type: 'school', parent: ref('00', 'org') },
      ],
      academicSessions: [
        {
          sourcedId: 'Y',
          status: 'active',
          title: 'Year',
          type: 'schoolYear',
          startDate: '2026-08-10',
          endDate: '2027-06-04',
          schoolYear: 2027,
        },
      ],
      courses: [{ sourcedId: 'C', status: 'active', title: 'Course', org: ref('0012', 'org') }],
      classes: [
        {
          sourcedId: 'K',
          status: 'active',
          title: 'Class',
          classType: 'homeroom',
          course: ref('C', 'course'),
          school: ref('0012', 'org'),
          terms: [ref('Y', 'academicSession')],
        },
      ],
      users: people(version),
      enrollments: [
        {
          sourcedId: 'E1',
          status: 'active',
          role: 'student',
          primary: false,
          user: ref('0007', 'user'),
          class: ref('K', 'class'),
          school: ref('0012', 'org'),
        },
      ],
      demographics: [{ sourcedId: '0007', status: 'active', birthDate: '2016-01-01', sex: 'female' }],
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  const server = createServer((request, response) => answer(sis, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sis.baseUrl = `${host}/ims/oneroster/${version === '1.1' ? 'v1p1' : 'rostering/v1p2'}`;
  sis.tokenUrl = `${host}/token`;
  return sis;
}

function answer(sis: Sis, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, 'http://127.0.0.1');
  if (url.pathname === '/token') {
    sis.tokens += 1;
    send(response, 200, { access_token: `token-${sis.tokens}`, expires_in: 3_600 });
    return;
  }
  sis.asked.push(url);
  if (sis.trick?.(request, response, url)) return;
  const collection = url.pathname.split('/').at(-1)!;
  const all = sis.data[collection];
  if (!all) return send(response, 404, {});
  const since = /dateLastModified>='([^']+)'/.exec(url.searchParams.get('filter') ?? '')?.[1];
  const found = since
    ? all.filter((one) => ((one['dateLastModified'] as string | undefined) ?? '') >= since)
    : all;
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 100);
  const rows = found.slice(offset, offset + limit);
  if (sis.paging === 'count') response.setHeader('x-total-count', String(found.length));
  if (sis.paging === 'link' && offset + limit < found.length) {
    const next = new URL(url);
    next.searchParams.set('offset', String(offset + limit));
    response.setHeader(
      'link',
      `<${next.pathname}${next.search}>; rel="next", <${url.pathname}>; rel="first"`,
    );
  }
  send(response, 200, { [collection]: rows });
}

export function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
