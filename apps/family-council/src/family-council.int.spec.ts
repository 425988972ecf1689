import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseAnswered, CaseRouted } from '#contracts';
import { seal, unwrap } from '#messaging';
import { eventually, realStack } from '#testing';
import type { Answer, CallOptions, RunningService, Stack } from '#testing';
import { FamilyCouncilModule } from './family-council.module.js';

let stack: Stack;
let app: RunningService;

const representative = { roles: ['representative'], sub: 'representative-1' };
const hour = 3_600_000;
const from = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
const key = (name: string) => ({ 'idempotency-key': name.padEnd(20, '.') });
const call = (
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Record<string, unknown>>> => app.call(method, `/api/family-council${path}`, options);
const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  call(method, path, { as: representative, body, headers });

const round = (facts: Record<string, unknown> = {}) => ({
  ...{ orgId: 'school', title: 'Getting to school', brief: 'How do you get here?' },
  ...{ opensAt: from(-hour), closesAt: from(hour) },
  ...facts,
});
const families = ['f1', 'f2', 'f3', 'f4'].map((familyRef) => ({
  familyRef,
  language: 'es',
  contactAllowed: true,
}));
const concern = (facts: Record<string, unknown> = {}) => ({
  ...{ text: 'The bus is full before it comes to us.', topic: 'transport', kind: 'concern' },
  ...{ families: ['f1', 'f2', 'f3'], language: 'es' },
  ...facts,
});
const refused = (field: string) => ({ status: 422, body: { errors: [{ field }] } });

/** An open round of four families. */
async function opened(facts: Record<string, unknown> = {}): Promise<string> {
  const { body } = await ask('POST', '/rounds', round(facts));
  await ask('PUT', `/rounds/${String(body['roundId'])}/families`, families);
  return String(body['roundId']);
}

async function carried(roundId: string): Promise<string> {
  const { status, body } = await ask('POST', `/rounds/${roundId}/concerns`, concern());
  expect(status).toBe(201);
  return String(body['inputId']);
}

const documentOf = async (inputId: string) =>
  (await stack.db('family-council').collection('concerns').findOne({ id: inputId }))!;
const published = async (inputId: string) =>
  ((await documentOf(inputId))['events'] as { type: string }[]).map(({ type }) => type);

type Concerns = { concerns: { inputId: string; state: string; reportBackBy?: string }[] };
const concernOf = async (roundId: string, inputId: string) =>
  ((await ask('GET', `/rounds/${roundId}`)).body as unknown as Concerns).concerns.find(
    (one) => one.inputId === inputId,
  )!;

/** Casework routes the concern and answers it; waits until the representative knows. */
async function answer(roundId: string, inputId: string): Promise<void> {
  const about = { inputId, origin: 'family-council' as const, caseId: 'case-1', teamId: 'transport' };
  const routed: CaseRouted = {
    ...{
      type: 'case.routed',
      ...about,
      teamName: 'Transport',
      teamOrgId: 'district',
      participation: 'consult',
    },
    ...{ acknowledgeBy: from(hour), answerBy: from(hour), rule: 'fallback', at: from(0) },
  };
  const words = { text: 'A second bus runs from Monday.', shapedBy: 'You told us where it fills up.' };
  const answered: CaseAnswered = {
    ...{
      type: 'case.answered',
      ...about,
      answerNo: 1,
      outcome: 'done',
      participation: 'consult',
      language: 'en',
    },
    ...{
      by: 'ann',
      at: from(0),
      sealed: seal(unwrap(String((await documentOf(inputId))['secret'])), words),
    },
  };
  await stack.publish('casework', 'moon', routed);
  await stack.publish('casework', 'moon', answered);
  await eventually(async () => (await concernOf(roundId, inputId)).state === 'answered', 'the answer');
}

beforeAll(async () => {
  stack = await realStack();
  app = await stack.service(FamilyCouncilModule, 'family-council');
  const organisation = {
    type: 'org.changed',
    name: 'Phobos Elementary',
    level: 'school',
    at: from(0),
  } as const;
  await stack.publish('roster', 'moon', { ...organisation, orgId: 'school', active: true });
  await stack.publish('roster', 'moon', { ...organisation, orgId: 'old-school', active: false });
  await eventually(
    async () => (await stack.db('family-council').collection('organisations').countDocuments()) === 2,
    'the organisations',
  );
}, 120_000);

afterAll(() => stack?.close(), 60_000);

describe('a round', () => {
  it('is opened once for the same Idempotency-Key', async () => {
    const body = round();
    const one = await ask('POST', '/rounds', body, key('open-once'));
    expect(await ask('POST', '/rounds', body, key('open-once'))).toMatchObject({
      status: 201,
      body: one.body,
    });
    const other = await ask('POST', '/rounds', { ...body, title: 'Other' }, key('open-once'));
    expect(other).toMatchObject(refused('Idempotency-Key'));
  });

  it.each<{ wrong: Record<string, unknown>; field: string }>([
    { wrong: { orgId: 'nowhere' }, field: 'orgId' },
    { wrong: { orgId: 'old-school' }, field: 'orgId' },
    { wrong: { title: ' ' }, field: 'title' },
    { wrong: { brief: 'x'.repeat(10_001) }, field: 'brief' },
    { wrong: { brief: { $gt: '' } }, field: 'brief' },
    { wrong: { opensAt: 'today' }, field: 'opensAt' },
    { wrong: { closesAt: from(-2 * hour) }, field: 'closesAt' },
    { wrong: { representative: 'someone else' }, field: 'representative' },
  ])('with a wrong $field is refused and stores nothing', async ({ wrong, field }) => {
    const rounds = stack.db('family-council').collection('rounds');
    const before = await rounds.countDocuments();
    expect(await ask('POST', '/rounds', round(wrong))).toMatchObject(refused(field));
    expect(await rounds.countDocuments()).toBe(before);
  });

  it('is its representative’s: 403 for another, 404 in another district, 401 without a token', async () => {
    const id = await opened();
    const show = async (options: CallOptions) => (await call('GET', `/rounds/${id}`, options)).status;
    expect(await show({ as: representative })).toBe(200);
    expect(await show({ as: { ...representative, sub: 'representative-2' } })).toBe(403);
    expect(await show({ as: { ...representative, roles: ['lead'] } })).toBe(403);
    expect(await show({ as: { ...representative, district: 'mars' } })).toBe(404);
    expect(await show({})).toBe(401);
  });
});

describe('the families of a round', () => {
  it('are put as a whole list, guarded by its ETag', async () => {
    const id = await opened();
    const path = `/rounds/${id}/families`;
    const first = await ask('GET', path);
    expect(first.body).toEqual({ items: families });
    const etag = first.headers.get('etag')!;
    const put = await ask('PUT', path, families.slice(0, 2), { 'if-match': etag });
    expect(put).toMatchObject({ status: 200, body: { items: families.slice(0, 2) } });
    expect((await ask('PUT', path, families, { 'if-match': etag })).status).toBe(412);
    expect((await ask('PUT', path, families, { 'if-match': put.headers.get('etag')! })).status).toBe(200);
  });

  it('are opaque references, once each, up to 1,000; a wrong one is named by its place', async () => {
    const id = await opened();
    const put = (body: unknown) => ask('PUT', `/rounds/${id}/families`, body);
    const [good] = families;
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...good, familyRef: `f${i}` }));
    expect(await put([good, { ...good, familyRef: 'ana@example.org' }])).toMatchObject(
      refused('families.1.familyRef'),
    );
    expect(await put([good, good])).toMatchObject(refused('families.1.familyRef'));
    expect(await put([{ ...good, name: 'Ana' }])).toMatchObject(refused('families.0.name'));
    expect(await put([{ ...good, language: '' }])).toMatchObject(refused('families.0.language'));
    expect(await put({ families: [good] })).toMatchObject(refused('families'));
    expect(await put(['f1'])).toMatchObject({ status: 422 });
    expect(await put(many(1_001))).toMatchObject(refused('families'));
    expect(await put(many(1_000))).toMatchObject({ status: 200 });
  });
});

describe('a contact', () => {
  it('is logged once a key, and counts as coverage when word reached the family', async () => {
    const path = `/rounds/${await opened()}/contacts`;
    const contact = { familyRef: 'f1', how: 'phone', result: 'reached', at: from(-1000) };
    for (let again = 0; again < 2; again += 1) {
      expect(await ask('POST', path, contact, key('contact'))).toMatchObject({
        status: 201,
        body: { coverage: { families: 4, contacted: 1, reportedBack: 0 } },
      });
    }
    const changed = { ...contact, result: 'declined' };
    expect(await ask('POST', path, changed, key('contact'))).toMatchObject(refused('Idempotency-Key'));
    for (const [wrong, field] of [
      [{ familyRef: 'f9' }, 'familyRef'],
      [{ how: 'telepathy' }, 'how'],
      [{ result: 'maybe' }, 'result'],
      [{ at: from(hour) }, 'at'],
      [{ note: 'private' }, 'note'],
    ] as const) {
      expect(await ask('POST', path, { ...contact, ...wrong })).toMatchObject(refused(field));
    }
  });
});

describe('a concern', () => {
  it('is carried, answered, owed to the families, reported back and confirmed in numbers', async () => {
    const id = await opened();
    const inputId = await carried(id);
    await answer(id, inputId);
    const owed = await concernOf(id, inputId);
    expect(owed).toMatchObject({ voices: 3, answers: [{ text: 'A second bus runs from Monday.' }] });
    expect(owed.reportBackBy! > from(4 * 24 * hour)).toBe(true);

    const path = `/rounds/${id}/reports-back`;
    const word = { inputId, answerNo: 1, yes: 2, no: 1, noReply: 0, reason: 'Ours still stands.' };
    const familyRefs = ['f1', 'f2', 'f3'];
    const report = (facts: object = {}, told: string[] = familyRefs) =>
      ask('POST', path, { answers: [{ ...word, ...facts }], familyRefs: told });
    expect(await report({ yes: 4 })).toMatchObject(refused('answers.0.noReply'));
    expect(await report({ answerNo: 2 })).toMatchObject(refused('answers.0.answerNo'));
    expect(await report({ inputId: 'other' })).toMatchObject(refused('answers.0.inputId'));
    expect(await report({}, ['f1', 'f9'])).toMatchObject(refused('familyRefs.1'));
    expect(await report({}, ['f1'])).toMatchObject(refused('answers.0.yes'));
    expect(await report({}, ['f4'])).toMatchObject(refused('familyRefs'));
    const twice = { answers: [word, word], familyRefs };
    expect(await ask('POST', path, twice)).toMatchObject(refused('answers.1.inputId'));
    expect(await published(inputId)).toEqual(['input.raised', 'report-back.owed']);

    for (let again = 0; again < 2; again += 1) {
      expect(await report()).toMatchObject({
        status: 200,
        body: {
          concerns: [{ inputId, state: 'confirmed' }],
          coverage: { families: 4, contacted: 0, reportedBack: 3 },
        },
      });
    }
    expect(await published(inputId)).toEqual([
      'input.raised',
      'report-back.owed',
      'answer.delivered',
      'closure.confirmed',
    ]);
    const inputs = await call('GET', '/ops/inputs?limit=1000', { as: { roles: ['it'] } });
    const items = inputs.body['items'] as { inputId: string }[];
    expect(items.find((one) => one.inputId === inputId)).toMatchObject({ state: 'confirmed', open: false });
  });

  it('of several, one refused: nothing of the report is stored', async () => {
    const id = await opened();
    const [one, two] = [await carried(id), await carried(id)];
    await answer(id, one);
    const word = { answerNo: 1, yes: 3, no: 0, noReply: 0 };
    const answers = [
      { inputId: one, ...word },
      { inputId: two, ...word },
    ];
    const familyRefs = ['f1', 'f2', 'f3'];
    const report = await ask('POST', `/rounds/${id}/reports-back`, { answers, familyRefs });
    expect(report).toMatchObject(refused('answers.1.answerNo'));
    expect(await published(one)).toEqual(['input.raised', 'report-back.owed']);
    expect((await ask('GET', `/rounds/${id}`)).body).toMatchObject({ coverage: { reportedBack: 0 } });
  });

  it('whose report back is late: the next level is told, once', async () => {
    const id = await opened();
    const inputId = await carried(id);
    await answer(id, inputId);
    const concerns = stack.db('family-council').collection('concerns');
    const past = from(-hour);
    // The days pass: what was due in five of them was due an hour ago.
    await concerns.updateOne(
      { id: inputId },
      { $set: { 'state.loop.reportBack.dueAt': past, wakeAt: new Date(past) }, $inc: { version: 1 } },
    );
    await eventually(async () => (await published(inputId)).includes('target.missed'), 'the miss');
    const document = await documentOf(inputId);
    const events = document['events'] as { type: string; data: Record<string, unknown> }[];
    const missed = events.filter(({ type }) => type === 'target.missed');
    expect(missed).toMatchObject([{ data: { step: 'report-back', dueAt: past, origin: 'family-council' } }]);
    expect(document['wakeAt'] > new Date()).toBe(true);
  });

  it.each<{ wrong: Record<string, unknown>; field: string }>([
    { wrong: { text: '' }, field: 'text' },
    { wrong: { text: '\u200B\0' }, field: 'text' },
    { wrong: { heardAt: '2999-01-01T00:00:00Z' }, field: 'heardAt' },
    { wrong: { heardAt: '2020-01-01T00:00:00Z' }, field: 'heardAt' },
    { wrong: { heardAt: 'yesterday' }, field: 'heardAt' },
    { wrong: { text: 'x'.repeat(10_001) }, field: 'text' },
    { wrong: { topic: 'weather' }, field: 'topic' },
    { wrong: { kind: 'rant' }, field: 'kind' },
    { wrong: { families: [] }, field: 'families' },
    { wrong: { families: 3 }, field: 'families' },
    { wrong: { families: ['f1', 'f9'] }, field: 'families.1' },
    { wrong: { language: 'Spanish!' }, field: 'language' },
    { wrong: { voices: 900 }, field: 'voices' },
  ])('with a wrong $field is refused and stores nothing', async ({ wrong, field }) => {
    const id = await opened();
    expect(await ask('POST', `/rounds/${id}/concerns`, concern(wrong))).toMatchObject(refused(field));
    expect((await ask('GET', `/rounds/${id}`)).body['concerns']).toEqual([]);
  });

  it('is erased by its representative: the key and the words go, the count stays', async () => {
    const id = await opened();
    const inputId = await carried(id);
    const erase = (as: CallOptions['as']) => call('POST', `/rounds/${id}/erase`, { as, body: { inputId } });
    expect((await erase({ ...representative, sub: 'representative-2' })).status).toBe(403);
    for (let again = 0; again < 2; again += 1) {
      expect(await erase(representative)).toMatchObject({
        ...{ status: 200, body: { text: '', voices: 3, state: 'withdrawn', allowed: [] } },
      });
    }
    expect(await published(inputId)).toEqual(['input.raised', 'input.withdrawn', 'input.erased']);
    await eventually(async () => (await documentOf(inputId))['secret'] === undefined, 'the key to go');
    expect(await ask('POST', `/rounds/${await opened()}/erase`, { inputId })).toMatchObject(
      refused('inputId'),
    );
  });

  it('is carried once for the same key, talks with the team, and may be taken back', async () => {
    const id = await opened();
    const path = `/rounds/${id}/concerns`;
    const one = await ask('POST', path, concern(), key('concern'));
    expect(await ask('POST', path, concern(), key('concern'))).toMatchObject({ status: 201, body: one.body });
    const { inputId } = one.body;
    const words = { inputId, text: 'Line 7, in the morning.', language: 'en' };
    await ask('POST', `/rounds/${id}/messages`, words, key('message'));
    const written = await ask('POST', `/rounds/${id}/messages`, words, key('message'));
    expect(written.body['messages']).toHaveLength(1);
    expect(written).toMatchObject({
      status: 201,
      body: { messages: [{ from: 'originator', text: 'Line 7, in the morning.' }] },
    });
    expect(await ask('POST', `/rounds/${id}/withdraw`, { inputId, why: 'Solved' })).toMatchObject({
      status: 200,
      body: { state: 'withdrawn' },
    });
    expect(JSON.stringify(await documentOf(String(inputId)))).not.toMatch(/Line 7|bus is full|Solved/);
  });
});
