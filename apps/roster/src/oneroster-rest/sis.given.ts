import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OneRosterVersion } from '../oneroster/columns.js';
import type { Resource } from './rows.js';
import type { OneRosterRestSettings } from './settings.js';

/** Collections by name. A collection that is not named is one that the service does not have. */
export type Collections = Record<string, Resource[]>;

/** One request for a page. `nth`: how often this offset of this collection was asked for, from 1. */
export interface Asked {
  file: string;
  offset: number;
  limit: number;
  nth: number;
  query: URLSearchParams;
  request: IncomingMessage;
}

/** What goes wrong instead of an answer. */
export type Fault =
  | { status: number; headers?: Record<string, string> }
  | { body: string | Buffer; headers?: Record<string, string> }
  | 'cut'
  | 'half'
  | 'slow';

/** What a service does its own way. Without habits it is a model: totals, offsets, an order, and no Link. */
export interface Habits {
  totals?: 'none' | ((real: number, asked: Asked, rows: number) => number);
  /** With Link rel=next; or the address that it names. */
  links?: true | ((next: string) => string);
  /** The longest page that it gives. */
  mostRows?: number;
  rows?: (asked: Asked, rows: Resource[]) => Resource[];
  fault?: (asked: Asked) => Fault | undefined;
  admits?: (request: IncomingMessage) => boolean;
  tokenFault?: (nth: number) => Fault | undefined;
}

const clientId = 'hearback';
export const clientSecret = 'moon & stars';

/** A student information system: an HTTP server that speaks OneRoster REST from memory, well or as `habits` say. */
export class Sis {
  readonly asked: Asked[] = [];
  tokens = 0;
  habits: Habits = {};
  private token = '';
  private readonly server: Server;

  private constructor(
    readonly version: OneRosterVersion,
    public collections: Collections,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  static async start(version: OneRosterVersion, collections: Collections, habits: Habits = {}): Promise<Sis> {
    const sis = new Sis(version, collections);
    sis.habits = habits;
    await new Promise<void>((started) => void sis.server.listen(0, '127.0.0.1', started));
    return sis;
  }

  async stop(): Promise<void> {
    const stopped = new Promise((done) => void this.server.close(done));
    this.server.closeAllConnections();
    await stopped;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get settings(): OneRosterRestSettings {
    return {
      baseUrl: this.origin + this.path,
      version: this.version,
      auth: {
        kind: 'oauth2',
        tokenUrl: `${this.origin}/token`,
        clientId,
        secret: { env: 'HEARBACK_SECRET_SIS' },
      },
      pageSize: 2,
    };
  }

  /** Offsets that were asked for, in order. */
  offsets(file: string): number[] {
    return this.asked.filter((one) => one.file === file).map(({ offset }) => offset);
  }

  expireToken(): void {
    this.token = '';
  }

  private get path(): string {
    return this.version === '1.1' ? '/ims/oneroster/v1p1' : '/ims/oneroster/rostering/v1p2';
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname === '/token') return this.giveToken(request, response);
    if (url.pathname === '/moved-here') url.pathname = `${this.path}/orgs`;
    const file = url.pathname.slice(this.path.length + 1);
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const asked: Asked = {
      file,
      offset,
      limit: Number(url.searchParams.get('limit') ?? 100),
      nth: this.asked.filter((one) => one.file === file && one.offset === offset).length + 1,
      query: url.searchParams,
      request,
    };
    this.asked.push(asked);
    const fault = this.habits.fault?.(asked);
    if (fault && fault !== 'half') return misbehave(response, fault);
    if (!this.admits(request)) return void response.writeHead(401).end();
    const all = this.collections[file];
    if (!url.pathname.startsWith(this.path) || !all) return void response.writeHead(404).end('{}');
    this.givePage(asked, all, url, response, fault === 'half');
  }

  private givePage(asked: Asked, all: Resource[], url: URL, response: ServerResponse, half: boolean): void {
    const { totals, links, mostRows = 5000, rows } = this.habits;
    const since = /^dateLastModified>='([^']+)'$/.exec(asked.query.get('filter') ?? '')?.[1];
    const wanted = since ? all.filter((one) => String(one['dateLastModified']) >= since) : all;
    const end = asked.offset + Math.min(asked.limit, mostRows);
    const page = wanted.slice(asked.offset, end);
    const given = rows ? rows(asked, page) : page;
    if (totals !== 'none')
      response.setHeader(
        'X-Total-Count',
        totals ? totals(wanted.length, asked, given.length) : wanted.length,
      );
    if (links) {
      url.searchParams.set('offset', String(end));
      const next = `<${links === true ? url.href : links(url.href)}>; rel="next"`;
      const first = `<${url.origin}${url.pathname}>; rel="first"`;
      response.setHeader('Link', end < wanted.length ? `${first}, ${next}` : first);
    }
    const text = JSON.stringify({ [asked.file]: given });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(half ? text.slice(0, text.length / 2) : text);
  }

  private admits(request: IncomingMessage): boolean {
    if (this.habits.admits) return this.habits.admits(request);
    return this.token !== '' && request.headers.authorization === `Bearer ${this.token}`;
  }

  private giveToken(request: IncomingMessage, response: ServerResponse): void {
    this.tokens += 1;
    const fault = this.habits.tokenFault?.(this.tokens);
    if (fault) return misbehave(response, fault);
    const pair = `${clientId}:${encodeURIComponent(clientSecret).replaceAll('%20', '+')}`;
    if (request.headers.authorization !== `Basic ${Buffer.from(pair).toString('base64')}`)
      return void response.writeHead(401).end();
    this.token = `token-${this.tokens}`;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: this.token, token_type: 'Bearer', expires_in: 3600 }));
  }
}

function misbehave(response: ServerResponse, fault: Fault): void {
  if (fault === 'slow') return;
  if (fault === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"users": [');
    setTimeout(() => response.destroy(), 5);
  } else if (fault === 'half') response.end('{"');
  else if ('status' in fault) response.writeHead(fault.status, fault.headers).end('{}');
  else response.writeHead(200, { 'content-type': 'application/json', ...fault.headers }).end(fault.body);
}

const ref = (type: string, sourcedId: string): Resource => ({
  href: `https://sis.example/${sourcedId}`,
  sourcedId,
  type,
});
const row = (sourcedId: string, more: Resource): Resource => ({
  sourcedId,
  status: 'active',
  dateLastModified: '2026-09-01T06:00:00.000Z',
  ...more,
});

/** A district, a school, a term, a course, a class, five users and five enrolments. */
export function smallRoster(version: OneRosterVersion): Collections {
  const user = (id: string, role: string, more: Resource = {}): Resource =>
    row(id, {
      username: id.toLowerCase(),
      enabledUser: 'true',
      givenName: 'Orion',
      familyName: 'Wyke',
      password: 'hunter2',
      ...(version === '1.1'
        ? { role, orgs: [ref('org', '00417-012')] }
        : {
            roles: [{ roleType: 'primary', role, org: ref('org', '00417-012'), beginDate: '2026-08-10' }],
            primaryOrg: ref('org', '00417-012'),
          }),
      ...more,
    });
  return {
    orgs: [
      row('00417', { name: 'Moon Unified School District', type: 'district', identifier: '0604170' }),
      row('00417-012', { name: 'Phobos Elementary School', type: 'school', parent: ref('org', '00417') }),
    ],
    academicSessions: [
      row('SY27', {
        title: '2026-2027',
        type: 'schoolYear',
        startDate: '2026-08-10',
        endDate: '2027-06-04',
        schoolYear: 2027,
      }),
    ],
    courses: [
      row('K1', {
        title: 'Homeroom',
        org: ref('org', '00417-012'),
        schoolYear: ref('academicSession', 'SY27'),
      }),
    ],
    classes: [
      row('C1', {
        title: 'Homeroom KG',
        classType: 'homeroom',
        course: ref('course', 'K1'),
        school: ref('org', '00417-012'),
        terms: [ref('academicSession', 'SY27')],
        grades: ['KG', '01'],
      }),
    ],
    users: [
      user('P1', 'parent', { agents: [ref('user', 'S1'), ref('user', 'S2')] }),
      user('S1', 'student', { grades: ['KG'] }),
      user('S2', 'student', { grades: ['01'] }),
      user('S3', 'student', { status: 'tobedeleted', dateLastModified: '2026-11-02T06:00:00.000Z' }),
      user('T1', 'teacher', { dateLastModified: '2026-11-03T06:00:00.000Z' }),
    ],
    enrollments: ['S1', 'S2', 'S3', 'T1', 'T1'].map((id, at) =>
      row(`E${at + 1}`, {
        class: ref('class', 'C1'),
        school: ref('org', '00417-012'),
        user: ref('user', id),
        role: id === 'T1' ? 'teacher' : 'student',
        primary: at === 3,
      }),
    ),
    demographics: [row('S1', { birthDate: '2021-05-14', sex: 'female' })],
  };
}
