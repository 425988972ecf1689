import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseAnswered, CaseRouted } from '#contracts';
import { seal, unwrap } from '#messaging';
import { eventually, realStack } from '#testing';
import type { Answer, CallOptions, RunningService, Stack } from '#testing';
import { StudentVoiceModule } from './student-voice.module.js';

let stack: Stack;
let app: RunningService;

const adviser = { roles: ['adviser'], sub: 'adviser-1' };
const hour = 3_600_000;
const from = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
const key = (name: string) => ({ 'idempotency-key': name.padEnd(20, '.') });
const call = (
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Record<string, unknown>>> => app.call(method, `/api/student-voice${path}`, options);
const asAdviser = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  call(method, path, { as: adviser, body, headers });
const withCode = (
  code: string,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => call(method, path, { authorization: `Session ${code}`, body, headers });

const session = (facts: Record<string, unknown> = {}) => ({
  ...{ orgId: 'school', title: 'Lunch', questions: ['What is good?', 'What is not?'] },
  ...{ opensAt: from(-hour), closesAt: from(hour), anonymous: true },
  ...facts,
});

/** An open session with so many codes. */
async function opened(count: number, facts: Record<string, unknown> = {}) {
  const { body } = await asAdviser('POST', '/sessions', session(facts));
  const { body: issued } = await asAdviser('POST', `/sessions/${String(body['sessionId'])}/codes`, { count });
  return { id: String(body['sessionId']), codes: issued['codes'] as string[] };
}

/** A theme of three responses, raised. */
async function raised() {
  const { id, codes } = await opened(3);
  const responseIds: string[] = [];
  for (const code of codes) {
    const { body } = await withCode(code, 'POST', `/sessions/${id}/responses`, {
      answers: ['Greens', 'Cold soup'],
    });
    responseIds.push(String(body['responseId']));
  }
  const theme = { title: 'Cold soup', text: 'Three of us got cold soup.', topic: 'meals', responseIds };
  const { status, body } = await asAdviser('POST', `/sessions/${id}/themes`, theme);
  expect(status).toBe(201);
  return { id, codes, responseIds, inputId: String(body['inputId']) };
}

type Themes = { themes: { inputId: string; state: string; answers: { text: string }[] }[] };
const themeOf = async (id: string, inputId: string) =>
  ((await asAdviser('GET', `/sessions/${id}`)).body as unknown as Themes).themes.find(
    (t) => t.inputId === inputId,
  )!;

/** Casework routes the theme and answers it; waits until the session knows. */
async function answer(id: string, inputId: string): Promise<void> {
  const about = { inputId, origin: 'student-voice' as const, caseId: 'case-1', teamId: 'nutrition' };
  const routed: CaseRouted = {
    ...{
      type: 'case.routed',
      ...about,
      teamName: 'Nutrition',
      teamOrgId: 'district',
      participation: 'inform',
    },
    ...{ acknowledgeBy: from(hour), answerBy: from(hour), rule: 'fallback', at: from(0) },
  };
  const document = await stack.db('student-voice').collection('themes').findOne({ id: inputId });
  const sealed = seal(unwrap(String(document!['secret'])), { text: 'The soup is kept warm now.' });
  const answered: CaseAnswered = {
    ...{
      type: 'case.answered',
      ...about,
      answerNo: 1,
      outcome: 'done',
      participation: 'inform',
      language: 'en',
    },
    ...{ by: 'ann', at: from(0), sealed },
  };
  await stack.publish('casework', 'moon', routed);
  await stack.publish('casework', 'moon', answered);
  await eventually(async () => (await themeOf(id, inputId)).state === 'answered', 'the answer');
}

const published = async (inputId: string) => {
  const document = await stack.db('student-voice').collection('themes').findOne({ id: inputId });
  return (document!['events'] as { type: string; data: Record<string, unknown> }[]).map(({ type }) => type);
};

beforeAll(async () => {
  stack = await realStack();
  app = await stack.service(StudentVoiceModule, 'student-voice');
  const organisation = { type: 'org.changed', name: 'Io High School', level: 'school', at: from(0) } as const;
  await stack.publish('roster', 'moon', { ...organisation, orgId: 'school', active: true });
  await stack.publish('roster', 'moon', { ...organisation, orgId: 'old-school', active: false });
  await eventually(
    async () => (await stack.db('student-voice').collection('organisations').countDocuments()) === 2,
    'the organisations',
  );
}, 120_000);

afterAll(() => stack?.close(), 60_000);

describe('a session', () => {
  it('is opened once for the same Idempotency-Key, and its codes are the same on a replay', async () => {
    const body = session();
    const [one, two] = [
      await asAdviser('POST', '/sessions', body, key('open-once')),
      await asAdviser('POST', '/sessions', body, key('open-once')),
    ];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body).toEqual(one.body);
    const path = `/sessions/${String(one.body['sessionId'])}/codes`;
    const codes = await asAdviser('POST', path, { count: 3 }, key('codes-once'));
    expect((await asAdviser('POST', path, { count: 3 }, key('codes-once'))).body).toEqual(codes.body);
    expect(codes.body['codes']).toEqual(Array(3).fill(expect.stringMatching(/^moon-V(-[0-9A-Z]{4}){3}$/)));
    const other = await asAdviser('POST', '/sessions', { ...body, title: 'Other' }, key('open-once'));
    expect(other).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } });
  });

  it.each<{ wrong: Record<string, unknown>; field: string }>([
    { wrong: { orgId: 'nowhere' }, field: 'orgId' },
    { wrong: { orgId: 'old-school' }, field: 'orgId' },
    { wrong: { questions: [] }, field: 'questions' },
    { wrong: { questions: Array(21).fill('Why?') }, field: 'questions' },
    { wrong: { questions: ['x'.repeat(501)] }, field: 'questions' },
    { wrong: { questions: ['  '] }, field: 'questions' },
    { wrong: { title: '' }, field: 'title' },
    { wrong: { title: { $ne: '' } }, field: 'title' },
    { wrong: { opensAt: 'tomorrow' }, field: 'opensAt' },
    { wrong: { closesAt: from(-2 * hour) }, field: 'closesAt' },
    { wrong: { anonymous: 'yes' }, field: 'anonymous' },
    { wrong: { adviser: 'someone else' }, field: 'adviser' },
  ])('with a wrong $field is refused and stores nothing', async ({ wrong, field }) => {
    const before = await stack.db('student-voice').collection('sessions').countDocuments();
    const { status, body } = await asAdviser('POST', '/sessions', session(wrong));
    expect({ status, errors: body['errors'] }).toMatchObject({ status: 422, errors: [{ field }] });
    expect(await stack.db('student-voice').collection('sessions').countDocuments()).toBe(before);
  });

  it('is its adviser’s: 403 for another, 404 in another district, 401 without a token', async () => {
    const { id } = await opened(1);
    const show = async (options: CallOptions) => (await call('GET', `/sessions/${id}`, options)).status;
    expect(await show({ as: adviser })).toBe(200);
    expect(await show({ as: { ...adviser, sub: 'adviser-2' } })).toBe(403);
    expect(await show({ as: { ...adviser, roles: ['member'] } })).toBe(403);
    expect(await show({ as: { ...adviser, district: 'mars' } })).toBe(404);
    expect(await show({})).toBe(401);
  });

  it('is listed with its counts', async () => {
    const { id } = await opened(2, { title: 'Listed' });
    const { body } = await asAdviser('GET', '/sessions?mine=true&limit=200');
    const line = (body as unknown as { items: { sessionId: string }[] }).items.find(
      (one) => one.sessionId === id,
    );
    expect(line).toMatchObject({ title: 'Listed', orgId: 'school', codesIssued: 2, responses: 0, themes: 0 });
  });
});

describe('a response', () => {
  const said = { answers: ['The bread', ''] };

  it('is taken once a code; its replay is the same, another is 409', async () => {
    const { id, codes } = await opened(1);
    const path = `/sessions/${id}/responses`;
    const first = await withCode(codes[0]!, 'POST', path, said, key('response'));
    expect(first.status).toBe(201);
    expect(await withCode(codes[0]!, 'POST', path, said, key('response'))).toMatchObject({
      status: 201,
      body: first.body,
    });
    const changed = await withCode(codes[0]!, 'POST', path, { answers: ['No', ''] }, key('response'));
    expect(changed).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } });
    expect(await withCode(codes[0]!, 'POST', path, said)).toMatchObject({
      status: 409,
      body: { state: 'answered with this code', allowed: ['result'] },
    });
    const me = await withCode(codes[0]!.toLowerCase(), 'GET', '/sessions/me');
    expect(me).toMatchObject({ status: 200, body: { sessionId: id, stage: 'open', answered: true } });
    const { body } = await asAdviser('GET', `/sessions/${id}`);
    expect(body['responses']).toEqual([{ responseId: first.body['responseId'], answers: ['The bread', ''] }]);
  });

  it('whose words were lost between the two writes is mended by the participant’s own retry, and by nobody else', async () => {
    const { id, codes } = await opened(1);
    const path = `/sessions/${id}/responses`;
    const first = await withCode(codes[0]!, 'POST', path, said, key('mended'));
    await stack.db('student-voice').collection('responses').deleteOne({ id: first.body['responseId'] });
    expect((await withCode(codes[0]!, 'POST', path, said, key('another'))).status).toBe(409);
    const again = await withCode(codes[0]!, 'POST', path, said, key('mended'));
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect((await asAdviser('GET', `/sessions/${id}`)).body['responses']).toHaveLength(1);
  });

  it('is taken once when the same code comes ten times at once', async () => {
    const { id, codes } = await opened(1);
    const all = await Promise.all(
      Array.from({ length: 10 }, () => withCode(codes[0]!, 'POST', `/sessions/${id}/responses`, said)),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    expect(
      await stack.db('student-voice').collection('responses').countDocuments({ 'index.sessionId': id }),
    ).toBe(1);
  });

  it('of a whole class arrives, all at once', async () => {
    const { id, codes } = await opened(200);
    const all = await Promise.all(
      codes.map((code) => withCode(code, 'POST', `/sessions/${id}/responses`, said)),
    );
    expect(all.filter(({ status }) => status !== 201)).toEqual([]);
    expect((await asAdviser('GET', `/sessions/${id}`)).body['responses']).toHaveLength(200);
  });

  it('is sealed, and leads to no code in an anonymous session; to the number of one in any other', async () => {
    const anonymous = await opened(2);
    const marker = 'marker-7c1f';
    await withCode(anonymous.codes[1]!, 'POST', `/sessions/${anonymous.id}/responses`, {
      answers: [marker, ''],
    });
    const db = stack.db('student-voice');
    const response = await db.collection('responses').findOne({ 'index.sessionId': anonymous.id });
    const stored = await db.collection('sessions').findOne({ id: anonymous.id });
    const { state, index } = stored!;
    expect(response!['state']).toEqual({ sessionId: anonymous.id, sealed: expect.any(String) });
    for (const hash of index.codes) expect(JSON.stringify(response)).not.toContain(hash);
    expect(state).toMatchObject({ used: [index.codes[1]], responses: [response!['id']] });
    expect(JSON.stringify([stored, response])).not.toContain(marker);
    expect(JSON.stringify(stored)).not.toContain(anonymous.codes[0]);

    const named = await opened(2, { anonymous: false });
    await withCode(named.codes[1]!, 'POST', `/sessions/${named.id}/responses`, said);
    expect((await asAdviser('GET', `/sessions/${named.id}`)).body['responses']).toMatchObject([
      { codeNo: 2 },
    ]);
  });

  it('needs a code of the district that was called', async () => {
    const { id, codes } = await opened(1);
    const there = { 'x-forwarded-host': 'mars.test' };
    for (const [method, what] of [
      ['GET', 'me'],
      ['GET', `${id}/result`],
      ['POST', `${id}/responses`],
    ] as const) {
      const body = method === 'POST' ? said : undefined;
      expect((await withCode(codes[0]!, method, `/sessions/${what}`, body, there)).status).toBe(404);
    }
    expect((await withCode(codes[0]!, 'GET', '/sessions/me')).body['answered']).toBe(false);
  });

  it('needs a code of this session, while it is open', async () => {
    const { id, codes } = await opened(1);
    const path = `/sessions/${id}/responses`;
    const other = await opened(1, { opensAt: from(hour), closesAt: from(2 * hour) });
    expect((await withCode('moon-V-0000-0000-0000', 'POST', path, said)).status).toBe(404);
    expect((await withCode(other.codes[0]!, 'POST', path, said)).status).toBe(404);
    expect((await withCode(codes[0]!.replace('moon', 'mars'), 'POST', path, said)).status).toBe(404);
    expect((await call('POST', path, { body: said })).status).toBe(401);
    expect((await asAdviser('POST', path, said)).status).toBe(403);
    const early = await withCode(other.codes[0]!, 'POST', `/sessions/${other.id}/responses`, said);
    expect(early).toMatchObject({ status: 409, body: { state: 'not open yet' } });
    for (const answers of [['one'], ['', ''], [1, 2], ['x'.repeat(10_001), ''], 'text']) {
      expect(await withCode(codes[0]!, 'POST', path, { answers })).toMatchObject({ status: 422 });
    }
  });
});

describe('a theme', () => {
  it('is raised once, answered, opened by a participant, and confirmed in numbers', async () => {
    const { id, codes, inputId } = await raised();
    await answer(id, inputId);
    const result = await withCode(codes[2]!, 'GET', `/sessions/${id}/result`);
    expect(result).toMatchObject({
      status: 200,
      body: {
        title: 'Lunch',
        themes: [{ title: 'Cold soup', text: 'Three of us got cold soup.', voices: 3, state: 'delivered' }],
        whatChanged: ['Cold soup: The soup is kept warm now.'],
      },
    });
    const wrong = await asAdviser('POST', `/sessions/${id}/closure`, {
      inputId,
      answerNo: 1,
      yes: 3,
      no: 0,
      noReply: 1,
    });
    expect(wrong).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'noReply', rule: 'adds-up-to-voices' }] },
    });
    const numbers = { inputId, answerNo: 1, yes: 2, no: 1, noReply: 0, reason: 'One still got it cold.' };
    for (let again = 0; again < 2; again += 1) {
      expect(await asAdviser('POST', `/sessions/${id}/closure`, numbers)).toMatchObject({
        ...{
          status: 200,
          body: { state: 'confirmed', closure: { word: 'confirmed', yes: 2, no: 1, noReply: 0 } },
        },
      });
    }
    expect(await published(inputId)).toEqual(['input.raised', 'answer.delivered', 'closure.confirmed']);
    const inputs = await call('GET', '/ops/inputs?limit=1000', { as: { roles: ['it'] } });
    const { items } = inputs.body as unknown as { items: { inputId: string }[] };
    expect(items.find((one) => one.inputId === inputId)).toMatchObject({ state: 'confirmed', open: false });
  });

  it('is disputed when no is as strong as yes, and delivered by that, if nobody opened the result', async () => {
    const { id, inputId } = await raised();
    await answer(id, inputId);
    const said = await asAdviser('POST', `/sessions/${id}/closure`, {
      inputId,
      answerNo: 1,
      yes: 1,
      no: 1,
      noReply: 1,
    });
    expect(said).toMatchObject({ status: 200, body: { state: 'disputed' } });
    expect(await published(inputId)).toEqual(['input.raised', 'answer.delivered', 'closure.disputed']);
  });

  it('is not taken back once it was delivered, and its thread goes on', async () => {
    const { id, inputId } = await raised();
    const words = { inputId, text: 'It was on Monday.', language: 'en' };
    await asAdviser('POST', `/sessions/${id}/messages`, words, key('message'));
    const written = await asAdviser('POST', `/sessions/${id}/messages`, words, key('message'));
    expect(written.body['messages']).toHaveLength(1);
    expect(written).toMatchObject({
      status: 201,
      body: { messages: [{ from: 'originator', text: 'It was on Monday.' }] },
    });
    expect(await asAdviser('POST', `/sessions/${id}/withdraw`, { inputId })).toMatchObject({
      status: 200,
      body: { state: 'withdrawn', allowed: [] },
    });
    expect((await asAdviser('POST', `/sessions/${id}/messages`, words)).status).toBe(409);
  });

  it('keeps its words off the topics and out of the database', async () => {
    const { inputId } = await raised();
    const document = await stack.db('student-voice').collection('themes').findOne({ id: inputId });
    expect(JSON.stringify(document)).not.toMatch(/cold soup/i);
  });

  it('is erased by its adviser: the key and the words go, the count stays', async () => {
    const { id, inputId } = await raised();
    const erase = (as: CallOptions['as']) => call('POST', `/sessions/${id}/erase`, { as, body: { inputId } });
    expect((await erase({ ...adviser, sub: 'adviser-2' })).status).toBe(403);
    for (let again = 0; again < 2; again += 1) {
      expect(await erase(adviser)).toMatchObject({
        ...{ status: 200, body: { title: '', text: '', voices: 3, state: 'withdrawn', allowed: [] } },
      });
    }
    expect(await published(inputId)).toEqual(['input.raised', 'input.withdrawn', 'input.erased']);
    await eventually(async () => {
      const document = await stack.db('student-voice').collection('themes').findOne({ id: inputId });
      return document!['secret'] === undefined;
    }, 'the key to go');
    const elsewhere = await opened(1);
    expect(await asAdviser('POST', `/sessions/${elsewhere.id}/erase`, { inputId })).toMatchObject({
      ...{ status: 422, body: { errors: [{ field: 'inputId', rule: 'theme-of-this-session' }] } },
    });
  });

  it('belongs to its session, and stands for its responses alone', async () => {
    const one = await raised();
    const two = await opened(1);
    const closure = { inputId: one.inputId, answerNo: 1, yes: 1, no: 1, noReply: 1 };
    expect(await asAdviser('POST', `/sessions/${two.id}/closure`, closure)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'inputId' }] },
    });
    const longAgo = { ...{ title: 'T', text: 'Text', topic: 'meals' }, heardAt: '2020-01-01T00:00:00Z' };
    const heard = { ...longAgo, responseIds: one.responseIds };
    expect(await asAdviser('POST', `/sessions/${one.id}/themes`, heard)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'heardAt', rule: 'at-most-60-days-back' }] },
    });
    const theme = { title: 'T', text: 'Text', topic: 'meals', responseIds: ['unknown'] };
    expect(await asAdviser('POST', `/sessions/${two.id}/themes`, theme)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'responseIds.0' }] },
    });
    for (const [wrong, field] of [
      [{ topic: 'weather' }, 'topic'],
      [{ text: '' }, 'text'],
      [{ text: '\u200B\0' }, 'text'],
      [{ heardAt: 'yesterday' }, 'heardAt'],
      [{ text: 'x'.repeat(10_001) }, 'text'],
      [{ responseIds: [] }, 'responseIds'],
      [{ kind: 'rant' }, 'kind'],
      [{ voices: 900 }, 'voices'],
    ] as const) {
      expect(await asAdviser('POST', `/sessions/${one.id}/themes`, { ...theme, ...wrong })).toMatchObject({
        status: 422,
        body: { errors: [{ field }] },
      });
    }
  });

  it('of another origin is passed over', async () => {
    const at = from(0);
    const about = { origin: 'intake', caseId: 'case-1', teamId: 'nutrition', by: 'ann', at } as const;
    await stack.publish('casework', 'moon', { type: 'case.acknowledged', inputId: 'not-ours', ...about });
    const { id, inputId } = await raised();
    await answer(id, inputId);
    const { body } = await call('GET', '/ops/parked', { as: { roles: ['it'] } });
    expect(body['items']).toEqual([]);
    expect(await stack.db('student-voice').collection('themes').findOne({ id: 'not-ours' })).toBeNull();
  });
});
