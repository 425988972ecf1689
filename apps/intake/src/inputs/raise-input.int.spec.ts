import { afterAll, beforeAll, describe as about, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { InputWords } from '#contracts';
import { unseal, unwrap } from '#messaging';
import { good, runningIntake } from './running-intake.given.js';
import type { RunningIntake } from './running-intake.given.js';

let running: RunningIntake;
beforeAll(async () => {
  running = await runningIntake();
}, 120_000);
afterAll(() => running?.close(), 60_000);

about('a bad input is refused with its field named, and nothing is stored', () => {
  const deep = (over: object) => ({ ...good, ...over });
  const contact = { channel: 'email', address: 'ana@example.org', textInMessage: false };
  const cases: [string, unknown, number, string | undefined][] = [
    ['empty text', deep({ text: '' }), 422, 'text'],
    ['text that shows nothing', deep({ text: '\u200B\0' }), 422, 'text'],
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
      const before = await running.stored();
      const answer_ = await running.raise(body);
      expect([answer_.status, answer_.body.errors?.[0]?.field]).toEqual([status, field]);
      expect(answer_.headers.get('content-type')).toContain('application/problem+json');
      expect(await running.stored()).toBe(before);
    });
  }

  it('another content type: 415', async () => {
    expect((await running.raise(JSON.stringify(good), { 'content-type': 'text/plain' })).status).toBe(415);
    expect(
      (await running.raise('orgId=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
  });

  it('10,000 characters are taken, and blanks around them do not count', async () =>
    expect((await running.raise(deep({ text: `  ${'é'.repeat(10_000)}  ` }))).status).toBe(201));
});

about('the same Idempotency-Key', () => {
  it('with the same body gives the same receipt, and one input', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await running.raise(good, key);
    const before = await running.stored();
    const again = await running.raise(good, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await running.stored()).toBe(before);
  });
  it('with another body is refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await running.raise(good, key);
    const before = await running.stored();
    const other = await running.raise({ ...good, text: 'Something else' }, key);
    expect([other.status, other.body.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
    expect(await running.stored()).toBe(before);
  });
  it('that is too short is refused', async () =>
    expect((await running.raise(good, { 'idempotency-key': 'short' })).status).toBe(422));
});

about('an input on behalf of another', () => {
  const onBehalfOf = { relation: 'staff', agreed: false, receiptTo: 'them' };
  it('who was not asked is taken; its team reads that, and nobody on the way', async () => {
    const { inputId } = await running.raised({ onBehalfOf });
    const document = await running.stack.db('intake').collection('inputs').findOne({ id: inputId });
    const { type, data } = document!['events'][0];
    expect([type, data.onBehalfOf, data.agreed]).toEqual(['input.raised', 'staff', undefined]);
    const words = await unseal<InputWords>(unwrap(document!['secret']), data.sealed);
    expect(words).toEqual({ text: good.text, agreed: false });
  });
  it('says whose receipt it is, when it is given and when it is opened', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const { body } = await running.raise({ ...good, onBehalfOf }, key);
    expect(body).toMatchObject({ receiptTo: 'them' });
    expect((await running.raise({ ...good, onBehalfOf }, key)).body).toEqual(body);
    expect((await running.mine(body.receipt, 'GET')).body).toMatchObject({ onBehalfOf });
  });
  it('needs both said', async () => {
    const refused = await running.raise({ ...good, onBehalfOf: { relation: 'staff' } });
    expect(refused.body.errors?.map(({ field }) => field)).toEqual([
      'onBehalfOf.agreed',
      'onBehalfOf.receiptTo',
    ]);
  });
});

about('callers', () => {
  it('an import may say when it was raised; the public may not', async () => {
    const body = { ...good, raisedAt: '2026-01-01T00:00:00Z', heardAt: '2025-12-31T00:00:00Z' };
    const { status } = await running.intake.call('POST', '/api/intake/inputs', {
      body,
      as: { roles: ['import'] },
    });
    expect(status).toBe(201);
  });
  it('the list of all inputs is for it alone, page by page', async () => {
    expect((await running.intake.call('GET', '/api/intake/ops/inputs')).status).toBe(401);
    expect(
      (await running.intake.call('GET', '/api/intake/ops/inputs', { as: { roles: ['lead'] } })).status,
    ).toBe(403);
    type Page = { items: { inputId: string }[]; next?: string };
    const ids = new Set<string>();
    for (let after: string | undefined = ''; after !== undefined;) {
      const query: string = after && `&after=${after}`;
      const { body }: { body: Page } = await running.intake.call<Page>(
        'GET',
        `/api/intake/ops/inputs?limit=5${query}`,
        { as: { roles: ['it'] } },
      );
      body.items.forEach((item) => ids.add(item.inputId));
      after = body.next;
    }
    expect(ids.size).toBe(
      await running.stack.db('intake').collection('inputs').countDocuments({ district: 'moon' }),
    );
  });
  it('nobody’s words or address are on a topic, in a log or in the clear in the database', async () => {
    await running.raised({
      text: 'MARKER-words',
      name: 'MARKER-name',
      contact: { channel: 'email', address: 'marker@example.org', textInMessage: true },
    });
    const all = JSON.stringify(await running.stack.db('intake').collection('inputs').find().toArray());
    expect(all).not.toContain('MARKER');
    expect(all).not.toContain('marker@example.org');
  });
});
