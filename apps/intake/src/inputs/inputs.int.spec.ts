import { afterAll, beforeAll, describe as about, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import type { AnswerWords } from '#contracts';
import { seal, unwrap } from '#messaging';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { IntakeModule } from '../intake.module.js';

interface Raised {
  inputId: string;
  receipt: string;
  statusUrl: string;
}
interface View {
  state: string;
  text: string;
  allowed: string[];
  team?: { name: string };
  answers: { answerNo: number; text: string }[];
  messages: { from: string; text: string }[];
  timeline: { what: string }[];
}
interface Wrong {
  detail: string;
  state?: string;
  allowed?: string[];
  errors?: { field: string; rule: string }[];
}

const good = {
  orgId: 'school-1',
  topic: 'transport',
  kind: 'concern',
  text: 'The bus leaves before the last lesson ends.',
  role: 'family',
  language: 'en',
  anonymous: false,
};
let stack: Stack;
let intake: RunningService;
let smtp: SMTPServer;
const mails: { to: string; raw: string }[] = [];

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('nobody')
          ? Object.assign(new Error('no such person'), { responseCode: 550 })
          : null,
      ),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo[0]!.address, raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as { port: number };
  process.env['HEARBACK_SMTP'] = `smtp://127.0.0.1:${port}`;
  stack = await realStack();
  intake = await stack.service(IntakeModule, 'intake');
  const at = new Date().toISOString();
  const org = { type: 'org.changed' as const, level: 'school' as const, at };
  await stack.publish('roster', 'moon', { ...org, orgId: 'school-1', name: 'Phobos', active: true });
  await stack.publish('roster', 'moon', { ...org, orgId: 'school-2', name: 'Closed', active: false });
  await stack.publish('roster', 'mars', { ...org, orgId: 'school-1', name: 'Olympus', active: true });
  await eventually(async () => (await raise(good)).status === 201, 'the organisations are known');
}, 120_000);

afterAll(async () => {
  await stack?.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
}, 60_000);

const raise = (body: unknown, headers: Record<string, string> = {}) =>
  intake.call<Raised & Wrong>('POST', '/api/intake/inputs', { body, headers });
const raised = async (facts: object = {}): Promise<Raised> => {
  const { status, body } = await raise({ ...good, ...facts });
  expect(status).toBe(201);
  return body;
};
const mine = (receipt: string, method: string, what = '', body?: unknown, headers = {}) =>
  intake.call<View & Wrong>(method, `/api/intake/receipts/me${what}`, {
    authorization: `Receipt ${receipt}`,
    headers,
    ...(body !== undefined && { body }),
  });
const stored = () => stack.db('intake').collection('inputs').countDocuments();

/** Plays the team: routed, then answered, sealed with the input's own key as casework would. */
async function answer(inputId: string, answerNo = 1, text = 'Two buses run now.'): Promise<void> {
  const document = await stack.db('intake').collection('inputs').findOne({ id: inputId });
  const words: AnswerWords = { text, shapedBy: 'You named the lesson.' };
  const at = new Date().toISOString();
  const about_ = { inputId, origin: 'intake' as const, caseId: inputId, at };
  if (answerNo === 1) {
    await stack.publish('casework', 'moon', {
      ...about_,
      type: 'case.routed',
      teamId: 'transport',
      teamName: 'Transport',
      teamOrgId: 'district',
      participation: 'consult',
      acknowledgeBy: at,
      answerBy: at,
      rule: 'transport',
    });
  }
  await stack.publish('casework', 'moon', {
    ...about_,
    type: 'case.answered',
    teamId: 'transport',
    answerNo,
    outcome: 'done',
    participation: 'consult',
    language: 'en',
    by: 'ann',
    sealed: await seal(unwrap(document?.['secret'] as string), words),
  });
  await eventually(async () => {
    const now = await stack.db('intake').collection('inputs').findOne({ id: inputId });
    return now?.['state'].loop.answers.length >= answerNo;
  }, `answer ${answerNo}`);
}

about('a bad input is refused with its field named, and nothing is stored', () => {
  const deep = (over: object) => ({ ...good, ...over });
  const contact = { channel: 'email', address: 'ana@example.org', textInMessage: false };
  const cases: [string, unknown, number, string | undefined][] = [
    ['empty text', deep({ text: '' }), 422, 'text'],
    ['blank text', deep({ text: '  \n ' }), 422, 'text'],
    ['10,001 characters', deep({ text: 'x'.repeat(10_001) }), 422, 'text'],
    ['text as a number', deep({ text: 7 }), 422, 'text'],
    ['unknown organisation', deep({ orgId: 'nowhere' }), 422, 'orgId'],
    ['closed organisation', deep({ orgId: 'school-2' }), 422, 'orgId'],
    ['unknown topic', deep({ topic: 'weather' }), 422, 'topic'],
    ['wrong kind', deep({ kind: 'complaint' }), 422, 'kind'],
    ['wrong role', deep({ role: 'alien' }), 422, 'role'],
    ['wrong language', deep({ language: 'English please' }), 422, 'language'],
    ['anonymous as a word', deep({ anonymous: 'no' }), 422, 'anonymous'],
    ['anonymous with a name', deep({ anonymous: true, name: 'Ana' }), 422, 'name'],
    ['an unknown field', deep({ district: 'mars' }), 422, 'district'],
    ['an unknown field deeper', deep({ contact: { ...contact, phone: '1' } }), 422, 'contact.phone'],
    ['an operator as a value', deep({ orgId: { $gt: '' } }), 422, 'orgId'],
    ['an operator as the text', deep({ text: { $ne: null } }), 422, 'text'],
    ['an operator as a field', deep({ $where: '1' }), 422, '$where'],
    ['__proto__', `{"__proto__":{"admin":true},${JSON.stringify(good).slice(1)}`, 422, '__proto__'],
    ['a broken address', deep({ contact: { ...contact, address: 'ana' } }), 422, 'contact.address'],
    ['a list as contact', deep({ contact: [] }), 422, 'contact'],
    ['a channel we do not have', deep({ contact: { ...contact, channel: 'fax' } }), 422, 'contact.channel'],
    [
      'a wrong relation',
      deep({ onBehalfOf: { relation: 'boss', agreed: true, receiptTo: 'me' } }),
      422,
      'onBehalfOf.relation',
    ],
    ['a wrong notSeenBy', deep({ notSeenBy: 'everybody' }), 422, 'notSeenBy'],
    ['operators in notSeenBy', deep({ notSeenBy: [{ $gt: '' }] }), 422, 'notSeenBy'],
    ['heard in the future', deep({ heardAt: '2999-01-01T00:00:00Z' }), 422, 'heardAt'],
    ['heard long ago', deep({ heardAt: '2020-01-01T00:00:00Z' }), 422, 'heardAt'],
    ['raisedAt from the public', deep({ raisedAt: '2026-01-01T00:00:00Z' }), 422, 'raisedAt'],
    ['broken JSON', '{"orgId":', 400, undefined],
    ['2 MB', JSON.stringify(deep({ text: 'x'.repeat(2_000_000) })), 413, undefined],
  ];
  for (const [what, body, status, field] of cases) {
    it(`${what}: ${status}${field ? `, ${field}` : ''}`, async () => {
      const before = await stored();
      const answer_ = await raise(body);
      expect([answer_.status, answer_.body.errors?.[0]?.field]).toEqual([status, field]);
      expect(answer_.headers.get('content-type')).toContain('application/problem+json');
      expect(await stored()).toBe(before);
    });
  }

  it('another content type: 415', async () => {
    expect((await raise(JSON.stringify(good), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await raise('orgId=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(
      415,
    );
  });

  it('10,000 characters are taken, and blanks around them do not count', async () =>
    expect((await raise(deep({ text: `  ${'é'.repeat(10_000)}  ` }))).status).toBe(201));
});

about('the same Idempotency-Key', () => {
  it('with the same body gives the same receipt, and one input', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await raise(good, key);
    const before = await stored();
    const again = await raise(good, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await stored()).toBe(before);
  });
  it('with another body is refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await raise(good, key);
    const before = await stored();
    const other = await raise({ ...good, text: 'Something else' }, key);
    expect([other.status, other.body.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
    expect(await stored()).toBe(before);
  });
  it('that is too short is refused', async () =>
    expect((await raise(good, { 'idempotency-key': 'short' })).status).toBe(422));
});

about('a receipt', () => {
  it('opens its own input and no other', async () => {
    const { receipt, statusUrl } = await raised({ text: 'Mine alone' });
    expect(receipt).toMatch(/^moon-/);
    expect(statusUrl.endsWith(`/receipt#${receipt}`)).toBe(true);
    const { status, body } = await mine(receipt, 'GET');
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'raised', text: 'Mine alone', orgName: 'Phobos' });
    expect(body.allowed).toEqual(['message', 'withdraw', 'about-me']);
  });
  it('that nobody has is not accepted', async () =>
    expect((await mine('moon-0000-0000-0000-0000-0000', 'GET')).status).toBe(401));
  it('is needed', async () => expect((await intake.call('GET', '/api/intake/receipts/me')).status).toBe(401));
  it('of another district is not found here, and the other way round', async () => {
    const { receipt } = await raised();
    const there = { 'x-forwarded-host': 'mars.test' };
    expect((await mine(receipt, 'GET', '', undefined, there)).status).toBe(404);
    const { body } = await raise(good, there);
    expect(body.receipt).toMatch(/^mars-/);
    expect((await mine(body.receipt, 'GET')).status).toBe(404);
    expect((await mine(body.receipt, 'GET', '', undefined, there)).status).toBe(200);
  });
  it('writes messages, once an Idempotency-Key', async () => {
    const { receipt } = await raised();
    const key = { 'idempotency-key': randomUUID() };
    const body = { text: 'It is bus 7.', language: 'en' };
    expect((await mine(receipt, 'POST', '/messages', body, key)).status).toBe(201);
    expect((await mine(receipt, 'POST', '/messages', body, key)).status).toBe(201);
    expect((await mine(receipt, 'POST', '/messages', { ...body, text: 'Other' }, key)).status).toBe(422);
    expect((await mine(receipt, 'GET')).body.messages).toMatchObject([
      { from: 'originator', text: 'It is bus 7.' },
    ]);
    expect(
      (await mine(receipt, 'POST', '/messages', { text: 'x'.repeat(5_001), language: 'en' })).status,
    ).toBe(422);
  });
  it('withdraws, and only once', async () => {
    const { receipt } = await raised();
    expect((await mine(receipt, 'POST', '/withdraw', {})).body.state).toBe('withdrawn');
    const again = await mine(receipt, 'POST', '/withdraw', {});
    expect([again.status, again.body.state, again.body.allowed]).toEqual([409, 'withdrawn', ['about-me']]);
  });
  it('describes its holder, by the published words alone', async () => {
    const { receipt } = await raised();
    expect(
      (await mine(receipt, 'POST', '/about-me', { standings: ['most-impacted'], groups: ['disability'] }))
        .status,
    ).toBe(200);
    const wrong = await mine(receipt, 'POST', '/about-me', { groups: ['martian'] });
    expect([wrong.status, wrong.body.errors?.[0]?.field]).toEqual([422, 'groups']);
  });
  it('erases every word, and keeps the count', async () => {
    const { receipt, inputId } = await raised({
      text: 'Forget me',
      contact: { channel: 'email', address: 'gone@example.org', textInMessage: true },
    });
    const before = await stored();
    expect((await mine(receipt, 'POST', '/erase', {})).body.state).toBe('withdrawn');
    expect((await mine(receipt, 'POST', '/erase', {})).status).toBe(200);
    expect((await mine(receipt, 'GET')).body).toMatchObject({ text: '', allowed: [] });
    expect(await stored()).toBe(before);
    const document = await stack.db('intake').collection('inputs').findOne({ id: inputId });
    expect(document?.['secret']).toBeUndefined();
    expect(document?.['state'].contact).toBeUndefined();
  });
});

about('the way back', () => {
  it('tells the team, delivers by opening, and takes yes and its repeat', async () => {
    const { receipt, inputId } = await raised();
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(409);
    await answer(inputId);
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(409);
    const view = (await mine(receipt, 'GET')).body;
    expect(view).toMatchObject({ state: 'delivered', team: { name: 'Transport' } });
    expect(view.answers).toMatchObject([
      { answerNo: 1, text: 'Two buses run now.', shapedBy: 'You named the lesson.' },
    ]);
    expect((await mine(receipt, 'POST', '/withdraw', {})).status).toBe(409);
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 2 })).body.errors?.[0]?.field).toBe(
      'answerNo',
    );
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 1 })).body.state).toBe('confirmed');
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(200);
    expect((await mine(receipt, 'GET')).body.timeline.map((line) => line.what)).toEqual([
      'raised',
      'routed',
      'answered',
      'delivered',
      'confirmed',
    ]);
  });
  it('takes no, and refuses a word on the answer that was replaced', async () => {
    const { receipt, inputId } = await raised();
    await answer(inputId);
    await mine(receipt, 'GET');
    expect((await mine(receipt, 'POST', '/dispute', { answerNo: 1 })).body.errors?.[0]?.field).toBe('reason');
    expect(
      (await mine(receipt, 'POST', '/dispute', { answerNo: 1, reason: 'Still late', partly: true })).body
        .state,
    ).toBe('disputed');
    await answer(inputId, 2, 'Three buses.');
    expect((await mine(receipt, 'GET')).body.state).toBe('delivered');
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(409);
    expect((await mine(receipt, 'POST', '/confirm', { answerNo: 2 })).body.state).toBe('confirmed');
  });
  it('reaches an address with a link, and with the words only where they are wanted', async () => {
    const plain = await raised({
      contact: { channel: 'email', address: 'plain@example.org', textInMessage: false },
    });
    const worded = await raised({
      contact: { channel: 'email', address: 'worded@example.org', textInMessage: true },
    });
    await answer(plain.inputId);
    await answer(worded.inputId);
    const to = (address: string) =>
      eventually(async () => mails.find((mail) => mail.to === address), address);
    const [first, second] = [await to('plain@example.org'), await to('worded@example.org')];
    expect(first.raw).not.toContain('Two buses');
    expect(first.raw.replace(/=\r\n/g, '')).toContain(plain.receipt);
    expect(first.raw).toContain(`Message-ID: <${plain.inputId}.answer-1.moon@localhost>`);
    expect(second.raw).toContain('Two buses run now.');
    await eventually(async () => (await mine(plain.receipt, 'GET')).body.state === 'delivered', 'delivered');
    const document = await stack.db('intake').collection('inputs').findOne({ id: worded.inputId });
    expect(document?.['events'].map((event: { type: string }) => event.type)).toContain('answer.delivered');
  });
  it('that is refused for good is told once, and not tried again', async () => {
    const { inputId } = await raised({
      contact: { channel: 'email', address: 'nobody@example.org', textInMessage: false },
    });
    await answer(inputId);
    const document = await eventually(async () => {
      const now = await stack.db('intake').collection('inputs').findOne({ id: inputId });
      return now?.['state'].letters[0]?.state === 'refused' ? now : undefined;
    }, 'the refusal');
    const types = document['events'].map((event: { type: string }) => event.type);
    expect(types).toEqual(['input.raised', 'answer.undeliverable']);
    const it_ = await intake.call<{ items: { inputId: string; undelivered?: string[] }[] }>(
      'GET',
      '/api/intake/ops/inputs?limit=1000',
      { as: { roles: ['it'] } },
    );
    expect(it_.body.items.find((item) => item.inputId === inputId)?.undelivered).toEqual([
      'answer-1 refused',
    ]);
  });
});

about('callers', () => {
  it('an import may say when it was raised; the public may not', async () => {
    const body = { ...good, raisedAt: '2026-01-01T00:00:00Z', heardAt: '2025-12-31T00:00:00Z' };
    const { status } = await intake.call('POST', '/api/intake/inputs', { body, as: { roles: ['import'] } });
    expect(status).toBe(201);
  });
  it('the list of all inputs is for it alone, page by page', async () => {
    expect((await intake.call('GET', '/api/intake/ops/inputs')).status).toBe(401);
    expect((await intake.call('GET', '/api/intake/ops/inputs', { as: { roles: ['lead'] } })).status).toBe(
      403,
    );
    type Page = { items: { inputId: string }[]; next?: string };
    const ids = new Set<string>();
    for (let after: string | undefined = ''; after !== undefined;) {
      const query: string = after && `&after=${after}`;
      const { body }: { body: Page } = await intake.call<Page>(
        'GET',
        `/api/intake/ops/inputs?limit=5${query}`,
        { as: { roles: ['it'] } },
      );
      body.items.forEach((item) => ids.add(item.inputId));
      after = body.next;
    }
    expect(ids.size).toBe(await stack.db('intake').collection('inputs').countDocuments({ district: 'moon' }));
  });
  it('nobody’s words or address are on a topic, in a log or in the clear in the database', async () => {
    await raised({
      text: 'MARKER-words',
      name: 'MARKER-name',
      contact: { channel: 'email', address: 'marker@example.org', textInMessage: true },
    });
    const all = JSON.stringify(await stack.db('intake').collection('inputs').find().toArray());
    expect(all).not.toContain('MARKER');
    expect(all).not.toContain('marker@example.org');
  });
});
