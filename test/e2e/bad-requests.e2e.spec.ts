import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { Call, District, Reply } from '#testing';
import { actsIn, expectStatus, goodAnswer, goodInput } from './acts.js';
import type { Acts, Raised } from './acts.js';
import { allRoutes } from './routes.js';

let district: District;
let acts: Acts;

/** What the good requests are about; made once. */
let raised: Raised;
let caseId: string;
let session: string;
let code: string;
let responseIds: string[];
let round: string;
const as: Record<string, string> = {};

interface Problem {
  status: number;
  state?: string;
  errors?: { field: string; rule: string; message: string }[];
}

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
  const { token } = district;
  as['member'] = await token('member', { team: 'transport' });
  as['other'] = await token('member', { team: 'nutrition' });
  as['mars'] = await token('member', { team: 'transport', district: 'mars' });
  as['mars-it'] = await token('it', { district: 'mars' });
  as['mars-leader'] = await token('leader', { district: 'mars' });
  for (const role of ['it', 'leader', 'adviser', 'representative', 'import']) as[role] = await token(role);
  as['colleague'] = await token('adviser', { sub: 'another-adviser' });
  as['neighbour'] = await token('representative', { sub: 'another-representative' });

  raised = await acts.raise();
  as['receipt'] = raised.auth;
  ({ caseId } = await acts.findCase(raised.inputId, as['member']));
  await acts.arrive('routed', () => acts.receipt(raised.auth));
  session = expectStatus(
    await ask<{ sessionId: string }>('POST', '/api/student-voice/sessions', 'adviser', goodSession()),
    201,
  ).sessionId;
  const issued = await ask<{ codes: string[] }>(
    'POST',
    `/api/student-voice/sessions/${session}/codes`,
    'adviser',
    { count: 2 },
  );
  const codes = expectStatus(issued, 201).codes;
  code = codes[0]!;
  as['session'] = `Session ${code}`;
  const given = await district.call<{ responseId: string }>(
    'POST',
    `/api/student-voice/sessions/${session}/responses`,
    {
      auth: `Session ${codes[1]!}`,
      key: randomUUID(),
      body: { answers: ['Shade.'] },
    },
  );
  responseIds = [expectStatus(given, 201).responseId];
  round = expectStatus(
    await ask<{ roundId: string }>('POST', '/api/family-council/rounds', 'representative', goodRound()),
    201,
  ).roundId;
  const families = [{ familyRef: 'a', language: 'en', contactAllowed: true }];
  expectStatus(
    await ask('PUT', `/api/family-council/rounds/${round}/families`, 'representative', families),
    200,
  );
  await settled();
}, 150_000);
afterAll(() => district?.close(), 60_000);

function ask<T = Problem>(
  method: string,
  path: string,
  who: string,
  body?: unknown,
  call: Call = {},
): Promise<Reply<T>> {
  return district.call<T>(method, path, {
    ...(as[who] && { auth: as[who] }),
    ...(body !== undefined && { body }),
    ...(method === 'POST' && { key: randomUUID() }),
    ...call,
  });
}

const soon = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
const goodSession = () => ({
  orgId: '00417-051',
  title: 'Breaks',
  questions: ['What is missing?'],
  opensAt: soon(-60_000),
  closesAt: soon(3_600_000),
  anonymous: true,
});
const goodRound = () => ({
  orgId: '00417-012',
  title: 'Reading',
  brief: 'What would help?',
  opensAt: soon(-60_000),
  closesAt: soon(3_600_000),
});

/** Number and versions of all documents of all services: what a refused request must leave as it was. */
async function stored(): Promise<string> {
  const lines: string[] = [];
  for (const db of await district.databases()) {
    for (const { name } of await db.listCollections().toArray()) {
      if (name === 'leases') continue;
      const group = {
        _id: null,
        documents: { $sum: 1 },
        versions: { $sum: '$version' },
        events: { $sum: '$count' },
      };
      const [sum] = await db
        .collection(name)
        .aggregate([{ $group: group }])
        .toArray();
      lines.push(`${db.databaseName} ${name} ${JSON.stringify(sum ?? 0)}`);
    }
  }
  return lines.sort().join('\n');
}

const inputs = '/api/intake/inputs';
const path = {
  answer: () => `/api/casework/cases/${caseId}/answer`,
  messages: () => `/api/casework/cases/${caseId}/messages`,
  transfer: () => `/api/casework/cases/${caseId}/transfer`,
  participation: () => `/api/casework/cases/${caseId}/participation`,
  receipt: (what: string) => () => `/api/intake/receipts/me/${what}`,
  session: (what: string) => () => `/api/student-voice/sessions/${session}/${what}`,
  round: (what: string) => () => `/api/family-council/rounds/${round}/${what}`,
  at: (where: string) => () => where,
};
const goodTheme = () => ({ title: 'Shade', text: 'There is no shade.', topic: 'belonging', responseIds });
const goodConcern = { text: 'Books.', topic: 'learning', kind: 'idea', families: ['a'], language: 'en' };
const contact = { channel: 'email', address: 'ana@example.org', textInMessage: false };
const long = (length: number) => 'x'.repeat(length);

/** What is different, where, whose, the body (from the good one), the status and the field that must be named. */
type Bad = [
  what: string,
  method: 'GET' | 'POST' | 'PUT',
  where: () => string,
  who: string,
  body: () => unknown,
  status: number,
  field?: string,
];
const intake = (what: string, changes: object, field: string, who = 'public'): Bad => [
  what,
  'POST',
  path.at(inputs),
  who,
  () => ({ ...goodInput, ...changes }),
  422,
  field,
];
const answer = (what: string, changes: object, field: string): Bad => [
  what,
  'POST',
  path.answer,
  'member',
  () => ({ ...goodAnswer, ...changes }),
  422,
  field,
];
const theme = (what: string, changes: object, field: string): Bad => [
  what,
  'POST',
  path.session('themes'),
  'adviser',
  () => ({ ...goodTheme(), ...changes }),
  422,
  field,
];
const opening = (what: string, changes: object, field: string): Bad => [
  what,
  'POST',
  path.at('/api/student-voice/sessions'),
  'adviser',
  () => ({ ...goodSession(), ...changes }),
  422,
  field,
];
const concern = (what: string, changes: object, field: string): Bad => [
  what,
  'POST',
  path.round('concerns'),
  'representative',
  () => ({ ...goodConcern, ...changes }),
  422,
  field,
];

const bads: Bad[] = [
  intake('an input with empty text', { text: '' }, 'text'),
  intake('an input with blank text', { text: ' \n' }, 'text'),
  intake('an input of 10,001 characters', { text: long(10_001) }, 'text'),
  intake('an input to an unknown organisation', { orgId: '00417-999' }, 'orgId'),
  intake('an input of a wrong kind', { kind: 'complaint' }, 'kind'),
  intake('an input of a wrong role', { role: 'martian' }, 'role'),
  intake('an input about an unknown topic', { topic: 'weather' }, 'topic'),
  intake('an input with a field too many', { priority: 1 }, 'priority'),
  intake('an input that names its district', { district: 'mars' }, 'district'),
  intake('an operator object as organisation', { orgId: { $gt: '' } }, 'orgId'),
  intake('an operator object as text', { text: { $ne: null } }, 'text'),
  intake('an operator as a field', { $where: '1' }, '$where'),
  intake(
    'an operator in a nested field',
    { contact: { ...contact, address: { $gt: '' } } },
    'contact.address',
  ),
  intake('anonymous with a name', { name: 'Ada' }, 'name'),
  intake('raisedAt from the public', { raisedAt: '2026-01-01T00:00:00Z' }, 'raisedAt'),
  intake('raisedAt in the future', { raisedAt: '2999-01-01T00:00:00Z' }, 'raisedAt', 'import'),
  intake('heardAt 61 days back', { heardAt: soon(-61 * 86_400_000) }, 'heardAt'),
  intake('a wrong address', { contact: { ...contact, address: 'ana' } }, 'contact.address'),
  [
    '__proto__ in an input',
    'POST',
    path.at(inputs),
    'public',
    () => `{"__proto__":{"admin":true},${JSON.stringify(goodInput).slice(1)}`,
    422,
    '__proto__',
  ],
  [
    'constructor in an input',
    'POST',
    path.at(inputs),
    'public',
    () => `{"constructor":{"prototype":{"admin":true}},${JSON.stringify(goodInput).slice(1)}`,
    422,
    'constructor',
  ],
  [
    'a message without words',
    'POST',
    path.receipt('messages'),
    'receipt',
    () => ({ text: ' ', language: 'en' }),
    422,
    'text',
  ],
  [
    'a message of 5,001 characters',
    'POST',
    path.receipt('messages'),
    'receipt',
    () => ({ text: long(5_001), language: 'en' }),
    422,
    'text',
  ],
  [
    'a confirmation of an answer that is not there',
    'POST',
    path.receipt('confirm'),
    'receipt',
    () => ({ answerNo: 1 }),
    409,
  ],
  [
    'a confirmation of answer 0',
    'POST',
    path.receipt('confirm'),
    'receipt',
    () => ({ answerNo: 0 }),
    422,
    'answerNo',
  ],
  [
    'a dispute without a reason',
    'POST',
    path.receipt('dispute'),
    'receipt',
    () => ({ answerNo: 1 }),
    422,
    'reason',
  ],
  [
    'an unknown standing',
    'POST',
    path.receipt('about-me'),
    'receipt',
    () => ({ standings: ['loud'] }),
    422,
    'standings',
  ],
  answer('an answer without shapedBy at consult', { shapedBy: undefined }, 'shapedBy'),
  answer('an answer of an unknown outcome', { outcome: 'fixed' }, 'outcome'),
  answer('an answer of 10,001 characters', { text: long(10_001) }, 'text'),
  answer('an answer with an operator as text', { text: { $set: {} } }, 'text'),
  answer('a decline without a reason', { outcome: 'declined' }, 'reason'),
  answer('a plan without a date', { outcome: 'planned' }, 'promiseDate'),
  answer('a plan for yesterday', { outcome: 'planned', promiseDate: '2020-01-01' }, 'promiseDate'),
  answer('not ours, to nobody', { outcome: 'not ours' }, 'handedTo'),
  answer('already answered, nowhere', { outcome: 'already answered' }, 'answerRef'),
  answer(
    'already answered where the originator cannot read',
    { outcome: 'already answered', answerRef: 'x' },
    'answerRef',
  ),
  answer('thanks for a concern', { outcome: 'thanked' }, 'outcome'),
  answer('an answer to an input of another case', { inputIds: ['x'] }, 'inputIds'),
  [
    'a transfer to no team',
    'POST',
    path.transfer,
    'member',
    () => ({ teamId: 'nobody', note: 'Yours.' }),
    422,
    'teamId',
  ],
  [
    'an unknown participation level',
    'POST',
    path.participation,
    'member',
    () => ({ level: 'ignore' }),
    422,
    'level',
  ],
  [
    'lowering participation as a member',
    'POST',
    path.participation,
    'member',
    () => ({ level: 'inform', reason: 'Less.' }),
    403,
  ],
  opening('a session that closes before it opens', { closesAt: soon(-3_600_000) }, 'closesAt'),
  opening('a session without questions', { questions: [] }, 'questions'),
  opening('a session of an unknown organisation', { orgId: 'nowhere' }, 'orgId'),
  opening('an opening that is no instant', { opensAt: 'today' }, 'opensAt'),
  ['201 codes at once', 'POST', path.session('codes'), 'adviser', () => ({ count: 201 }), 422, 'count'],
  [
    'a response with an answer too many',
    'POST',
    path.session('responses'),
    'session',
    () => ({ answers: ['a', 'b'] }),
    422,
    'answers',
  ],
  [
    'an empty response',
    'POST',
    path.session('responses'),
    'session',
    () => ({ answers: [' '] }),
    422,
    'answers',
  ],
  theme('a theme from a response that nobody gave', { responseIds: ['x'] }, 'responseIds.0'),
  theme('a theme from operators', { responseIds: [{ $gt: '' }] }, 'responseIds'),
  theme('a theme without a title', { title: '' }, 'title'),
  [
    'a closure of another input',
    'POST',
    path.session('closure'),
    'adviser',
    () => ({ inputId: raised.inputId, answerNo: 1, yes: 1, no: 0, noReply: 0 }),
    422,
    'inputId',
  ],
  [
    'a family that is an address',
    'PUT',
    path.round('families'),
    'representative',
    () => [{ familyRef: 'a@b.org', language: 'en', contactAllowed: true }],
    422,
    'families.0.familyRef',
  ],
  [
    'a contact with a family of another round',
    'POST',
    path.round('contacts'),
    'representative',
    () => ({ familyRef: 'z', how: 'phone', result: 'reached', at: soon(-1_000) }),
    422,
    'familyRef',
  ],
  [
    'a contact by pigeon',
    'POST',
    path.round('contacts'),
    'representative',
    () => ({ familyRef: 'a', how: 'pigeon', result: 'reached', at: soon(-1_000) }),
    422,
    'how',
  ],
  concern('a concern of a family that is not of the round', { families: ['z'] }, 'families.0'),
  concern('a concern of 10,001 characters', { text: long(10_001) }, 'text'),
  [
    'a report back on nothing',
    'POST',
    path.round('reports-back'),
    'representative',
    () => ({ answers: [], familyRefs: ['a'] }),
    422,
    'answers',
  ],
  [
    'a discard without a reason',
    'POST',
    path.at('/api/ops/parked/casework/x/discard'),
    'it',
    () => ({}),
    422,
    'why',
  ],
  [
    'a replay in bulk without a reason',
    'POST',
    path.at('/api/ops/parked/replay'),
    'it',
    () => ({}),
    422,
    'why',
  ],
  [
    'a replay in bulk in no service',
    'POST',
    path.at('/api/ops/parked/replay'),
    'it',
    () => ({ why: 'Try.', service: 'casino' }),
    422,
    'service',
  ],
  [
    'a resend without a reason',
    'POST',
    path.at('/api/ops/deliveries/intake/x/resend'),
    'it',
    () => ({}),
    422,
    'why',
  ],
  [
    'a resend of nothing',
    'POST',
    path.at('/api/ops/deliveries/casework/eH55/resend'),
    'it',
    () => ({ why: 'Try.' }),
    404,
    undefined,
  ],
  [
    'a resend by a service that writes to nobody',
    'POST',
    path.at('/api/ops/deliveries/roster/x/resend'),
    'it',
    () => ({ why: 'Try.' }),
    422,
    'service',
  ],
  [
    'a reconciliation that is to do something else',
    'POST',
    path.at('/api/ops/reconciliation/runs'),
    'it',
    () => ({ repairs: true }),
    422,
    'repairs',
  ],
  [
    'a reconciliation that never was',
    'GET',
    path.at('/api/ops/reconciliation/runs/00000000-0000-8000-8000-000000000000'),
    'it',
    () => undefined,
    404,
    undefined,
  ],
  [
    'a list of deliveries in no state',
    'GET',
    path.at('/api/ops/deliveries?state=lost'),
    'it',
    () => undefined,
    422,
    'state',
  ],
  ['trails of nothing', 'GET', path.at('/api/casework/ops/trails'), 'it', () => undefined, 422, 'id'],
  [
    'publishing nothing again',
    'POST',
    path.at('/api/intake/ops/republish'),
    'it',
    () => ({}),
    422,
    'inputId',
  ],
  [
    'a replay in no service',
    'POST',
    path.at('/api/ops/parked/casino/x/replay'),
    'it',
    () => ({ why: 'Try.' }),
    422,
    'service',
  ],
];

describe('each differs from a good request in one thing: its status, its field, and nothing stored', () => {
  for (const [what, method, where, who, body, status, field] of bads) {
    it(`${what}: ${status}${field ? ` ${field}` : ''}`, async () => {
      const before = await stored();
      const content = body();
      const call: Call = where === path.answer ? { ifMatch: await etag() } : {};
      const reply =
        typeof content === 'string'
          ? await ask(method, where(), who, undefined, {
              raw: content,
              headers: { 'content-type': 'application/json' },
            })
          : await ask(method, where(), who, content, call);
      const fields = reply.body.errors?.map((one) => one.field);
      expect([reply.status, fields?.[0]]).toEqual([status, field]);
      expect(reply.headers.get('content-type')).toContain('application/problem+json');
      expect(await stored()).toBe(before);
    });
  }
});

const etag = async () => {
  const { headers } = await ask('GET', `/api/casework/cases/${caseId}`, 'member');
  return headers.get('etag')!;
};

describe('what is no good request at all', () => {
  const sent = async (call: Call, status: number, where = inputs) => {
    const before = await stored();
    const reply = await district.call<Problem>('POST', where, { key: randomUUID(), ...call });
    expect(reply.status).toBe(status);
    expect(reply.body.status).toBe(status);
    expect(await stored()).toBe(before);
  };
  const json = { 'content-type': 'application/json' };

  it('broken JSON is 400', () => sent({ raw: '{"orgId":', headers: json }, 400));
  it('nothing at all is 400', () => sent({ raw: '', headers: json }, 400));
  it('a form is 415', () =>
    sent({ raw: 'orgId=00417', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415));
  it('XML is 415', () => sent({ raw: '<input/>', headers: { 'content-type': 'application/xml' } }, 415));
  it('JSON to the import of files is 415', () =>
    sent({ auth: as['it']!, body: {} }, 415, '/api/roster/imports'));
  it('2 MB is 413', () => sent({ body: { ...goodInput, text: long(2_000_000) } }, 413));
  it('2 MB without a length is 413, too', async () => {
    const before = await stored();
    expect(
      await chunked(`${district.url}${inputs}`, JSON.stringify({ ...goodInput, text: long(2_000_000) })),
    ).toBe(413);
    expect(await stored()).toBe(before);
  });
  it('and the next requests, many at once, are answered as if it had not been', async () => {
    const all = Array.from({ length: 40 }, () => district.call('GET', '/api/intake/form'));
    expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]));
    const refused = Array.from({ length: 40 }, () => district.call('POST', inputs, { body: {} }));
    expect(new Set((await Promise.all(refused)).map(({ status }) => status))).toEqual(new Set([422]));
  });
  it('a short Idempotency-Key is 422', async () => {
    const reply = await district.call<Problem>('POST', inputs, { body: goodInput, key: 'short' });
    expect([reply.status, reply.body.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
  });
});

describe('the same Idempotency-Key', () => {
  const commands: [string, () => string, string, () => object, object][] = [
    ['an input', path.at(inputs), 'public', () => goodInput, { text: 'Another text.' }],
    [
      'a message',
      path.receipt('messages'),
      'receipt',
      () => ({ text: 'One.', language: 'en' }),
      { text: 'Two.' },
    ],
    ['a session', path.at('/api/student-voice/sessions'), 'adviser', goodSession, { title: 'Another' }],
    ['codes', path.session('codes'), 'adviser', () => ({ count: 1 }), { count: 2 }],
    ['a theme', path.session('themes'), 'adviser', goodTheme, { title: 'Another' }],
    ['a round', path.at('/api/family-council/rounds'), 'representative', goodRound, { title: 'Another' }],
    ['a concern', path.round('concerns'), 'representative', () => goodConcern, { text: 'Another text.' }],
    [
      'a message of the team',
      path.messages,
      'member',
      () => ({ text: 'One.', language: 'en' }),
      { text: 'Two.' },
    ],
  ];
  for (const [what, where, who, good, change] of commands) {
    it(`${what}: the same body gets the same answer, another body is 422, and neither stores anything`, async () => {
      const call = { key: randomUUID() };
      const body = good();
      const first = await ask<object>('POST', where(), who, body, call);
      expect(first.status).toBe(201);
      await settled();
      const before = await stored();
      const again = await ask<object>('POST', where(), who, body, call);
      expect(again.status).toBe(201);
      for (const name of ['inputId', 'receipt', 'sessionId', 'roundId', 'codes'] as const)
        expect(again.body[name as never]).toEqual(first.body[name as never]);
      const other = await ask('POST', where(), who, { ...body, ...change }, call);
      expect([other.status, other.body.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
      expect(await stored()).toBe(before);
    });
  }
});

/** Until nothing is under way any more: mails, events, roll-ups. */
async function settled(): Promise<void> {
  let last = '';
  await eventually(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = await stored();
    const same = now === last;
    last = now;
    return same;
  }, 'rest');
}

describe('If-Match', () => {
  it('an answer without it is 428, with another version or none of ours 412, and nothing is stored', async () => {
    await settled();
    const before = await stored();
    const answered = (ifMatch?: string) =>
      ask('POST', path.answer(), 'member', goodAnswer, ifMatch ? { ifMatch } : {}).then(
        ({ status }) => status,
      );
    expect(await answered()).toBe(428);
    expect(await answered('"999"')).toBe(412);
    expect(await answered('*')).toBe(412);
    expect(await answered(`W/${await etag()}`)).toBe(412);
    expect(await stored()).toBe(before);
  });
  for (const [list, where] of [
    ['teams', '/api/casework/teams'],
    ['rules', '/api/casework/routing-rules'],
  ] as const) {
    it(`${where} without it is 428, with an old one 412, and nothing is stored`, async () => {
      const read = await ask<Record<string, object[]>>('GET', where, 'it');
      const body = { [list]: read.body[list] };
      const before = await stored();
      expect((await ask('PUT', where, 'it', body)).status).toBe(428);
      expect((await ask('PUT', where, 'it', body, { ifMatch: '"0"' })).status).toBe(412);
      const wrong = { [list]: [{ ...read.body[list]![0], teamId: 'No Team!' }] };
      const reply = await ask('PUT', where, 'it', wrong, { ifMatch: read.headers.get('etag')! });
      expect([reply.status, reply.body.errors?.[0]?.field]).toEqual([422, `${list}.0.teamId`]);
      expect(await stored()).toBe(before);
    });
  }
});

describe('someone else’s', () => {
  beforeAll(settled);
  const others: [string, string, () => string, string, unknown, number][] = [
    ['another team’s case', 'GET', () => `/api/casework/cases/${caseId}`, 'other', undefined, 403],
    ['answering another team’s case', 'POST', path.answer, 'other', goodAnswer, 403],
    ['another team’s queue', 'GET', () => '/api/casework/cases?team=transport', 'other', undefined, 403],
    [
      'another adviser’s session',
      'GET',
      () => `/api/student-voice/sessions/${session}`,
      'colleague',
      undefined,
      403,
    ],
    ['codes of another adviser’s session', 'POST', path.session('codes'), 'colleague', { count: 1 }, 403],
    [
      'another representative’s round',
      'GET',
      () => `/api/family-council/rounds/${round}`,
      'neighbour',
      undefined,
      403,
    ],
    ['a concern in another’s round', 'POST', path.round('concerns'), 'neighbour', goodConcern, 403],
    ['a case that is not there', 'GET', () => '/api/casework/cases/nothing', 'member', undefined, 404],
    ['a leader answering', 'POST', path.answer, 'leader', goodAnswer, 403],
    ['a member as IT', 'GET', () => '/api/ops/parked', 'member', undefined, 403],
    ['a participant as adviser', 'POST', path.session('codes'), 'session', { count: 1 }, 401],
    ['another district’s case', 'GET', () => `/api/casework/cases/${caseId}`, 'mars', undefined, 404],
    ['answering another district’s case', 'POST', path.answer, 'mars', goodAnswer, 404],
    [
      'another district’s loop',
      'GET',
      () => `/api/reporting/loops/${raised.inputId}`,
      'mars-leader',
      undefined,
      404,
    ],
  ];
  for (const [what, method, where, who, body, status] of others) {
    it(`${what} is ${status}, and nothing is stored`, async () => {
      const before = await stored();
      const call: Call = where === path.answer ? { ifMatch: '"1"' } : {};
      expect((await ask(method, where(), who, body, call)).status).toBe(status);
      expect(await stored()).toBe(before);
    });
  }
  it('another district’s receipt is 404 at a host of this one, and a code of nobody’s 401', async () => {
    const { receipt: auth } = as;
    expect(await statusAt('mars.test', '/api/intake/receipts/me', auth!)).toBe(404);
    expect(await statusAt('127.0.0.1', '/api/intake/receipts/me', auth!)).toBe(200);
    expect(
      (await district.call('GET', '/api/intake/receipts/me', { auth: `${auth!.slice(0, -4)}0000` })).status,
    ).toBe(401);
  });
  it('another district’s queue, teams, parked events and reconciliation hold nothing of this one', async () => {
    const queue = await ask<{ items: unknown[] }>('GET', '/api/casework/cases', 'mars');
    expect(queue.body.items).toEqual([]);
    expect((await ask<{ teams: unknown[] }>('GET', '/api/casework/teams', 'mars-it')).body.teams).toEqual([]);
    const sums = await ask<{ accepted: number }>('GET', '/api/ops/reconciliation', 'mars-it');
    expect(sums.body.accepted).toBe(0);
    const orgs = await ask<{ items: unknown[] }>('GET', '/api/roster/orgs', 'mars-it');
    expect(orgs.body.items).toEqual([]);
  });
  it('a token that we did not sign is 401', async () => {
    const [header, claims, signature] = as['it']!.split('.');
    const forged = `${header}.${claims}.${signature!.split('').toReversed().join('')}`;
    expect((await district.call('GET', '/api/ops/parked', { auth: forged })).status).toBe(401);
  });
});

describe('every route of every service', () => {
  it('is 401 or 403 without credentials, unless it is declared public', async () => {
    const open: string[] = [];
    const listed = allRoutes().filter(({ unlisted }) => !unlisted);
    for (const { method, path: where, allowance } of listed) {
      const reply = await district.call(
        method,
        where.replace(/\{\w+\}/g, 'x'),
        method === 'GET' ? {} : { body: {} },
      );
      if (!allowance!.public && ![401, 403].includes(reply.status))
        open.push(`${method} ${where} ${reply.status}`);
      if (allowance!.public && [401, 403].includes(reply.status) && where !== '/auth/sign-out')
        open.push(`${method} ${where} should be public`);
    }
    expect(open).toEqual([]);
    expect(listed.length).toBeGreaterThan(60);
  });

  it('is described: a summary, a response with its schema, the errors; and nothing else is', async () => {
    interface Operation {
      summary?: string;
      responses: Record<string, { content?: Record<string, { schema?: object }> }>;
    }
    interface Document {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
    }
    const { body: index } = await district.call<{ items: { openapi: string }[] }>('GET', '/api/openapi');
    expect(index.items).toHaveLength(7);
    const described: string[] = [];
    const lacking: string[] = [];
    for (const { openapi } of index.items) {
      const { body } = await district.call<Document>('GET', openapi);
      expect(body.openapi).toMatch(/^3\.1/);
      for (const [where, operations] of Object.entries(body.paths)) {
        for (const [method, { summary, responses }] of Object.entries(operations)) {
          const name = `${method.toUpperCase()} ${where}`;
          described.push(name);
          const good = Object.keys(responses).find((status) => /^[23]/.test(status));
          const empty = good !== undefined && ['202', '204', '302'].includes(good);
          const [content] = Object.values((good && responses[good]?.content) ?? {});
          const schema = content?.schema;
          if (!summary) lacking.push(`${name}: no summary`);
          if (!schema && !empty) lacking.push(`${name}: no schema of its response`);
          if (!responses['401'] && !where.startsWith('/auth')) lacking.push(`${name}: no problems`);
        }
      }
    }
    expect(lacking).toEqual([]);
    const routes = allRoutes().filter(({ unlisted }) => !unlisted);
    expect([...new Set(described)].sort()).toEqual(
      [...new Set(routes.map(({ method, path: where }) => `${method} ${where}`))].sort(),
    );
  });
});

/** The status at another host name, which fetch does not let one choose. */
function statusAt(host: string, where: string, authorization: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${district.url}${where}`, { headers: { host, authorization } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

/** Sends a body in chunks, without saying how long it is. */
function chunked(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sending.once('error', reject);
    for (let at = 0; at < body.length; at += 65_536) sending.write(body.slice(at, at + 65_536));
    sending.end();
  });
}
