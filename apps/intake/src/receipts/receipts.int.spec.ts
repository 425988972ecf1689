import { afterAll, beforeAll, describe as about, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventually } from '#testing';
import { answer, good, runningIntake } from '../inputs/running-intake.given.js';
import type { RunningIntake } from '../inputs/running-intake.given.js';

let running: RunningIntake;
beforeAll(async () => {
  running = await runningIntake();
}, 120_000);
afterAll(() => running?.close(), 60_000);

about('a receipt', () => {
  it('opens its own input and no other', async () => {
    const { receipt, statusUrl } = await running.raised({ text: 'Mine alone' });
    expect(receipt).toMatch(/^moon-/);
    expect(statusUrl.endsWith(`/receipt#${receipt}`)).toBe(true);
    const { status, body } = await running.mine(receipt, 'GET');
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'raised', text: 'Mine alone', orgName: 'Phobos' });
    expect(body.allowed).toEqual(['message', 'withdraw', 'about-me']);
  });
  it('that nobody has is not accepted', async () =>
    expect((await running.mine('moon-0000-0000-0000-0000-0000', 'GET')).status).toBe(401));
  it('is needed', async () =>
    expect((await running.intake.call('GET', '/api/intake/receipts/me')).status).toBe(401));
  it('of another district is not found here, and the other way round', async () => {
    const { receipt } = await running.raised();
    const there = { 'x-forwarded-host': 'mars.test' };
    expect((await running.mine(receipt, 'GET', '', undefined, there)).status).toBe(404);
    const { body } = await running.raise(good, there);
    expect(body.receipt).toMatch(/^mars-/);
    expect((await running.mine(body.receipt, 'GET')).status).toBe(404);
    expect((await running.mine(body.receipt, 'GET', '', undefined, there)).status).toBe(200);
  });
  it('writes messages, once an Idempotency-Key', async () => {
    const { receipt } = await running.raised();
    const key = { 'idempotency-key': randomUUID() };
    const body = { text: 'It is bus 7.', language: 'en' };
    expect((await running.mine(receipt, 'POST', '/messages', body, key)).status).toBe(201);
    expect((await running.mine(receipt, 'POST', '/messages', body, key)).status).toBe(201);
    expect((await running.mine(receipt, 'POST', '/messages', { ...body, text: 'Other' }, key)).status).toBe(
      422,
    );
    expect((await running.mine(receipt, 'GET')).body.messages).toMatchObject([
      { from: 'originator', text: 'It is bus 7.' },
    ]);
    expect(
      (await running.mine(receipt, 'POST', '/messages', { text: 'x'.repeat(5_001), language: 'en' })).status,
    ).toBe(422);
  });
  it('withdraws, and only once', async () => {
    const { receipt } = await running.raised();
    expect((await running.mine(receipt, 'POST', '/withdraw', {})).body.state).toBe('withdrawn');
    const again = await running.mine(receipt, 'POST', '/withdraw', {});
    expect([again.status, again.body.state, again.body.allowed]).toEqual([409, 'withdrawn', ['about-me']]);
  });
  it('describes its holder, by the published words alone', async () => {
    const { receipt } = await running.raised();
    expect(
      (
        await running.mine(receipt, 'POST', '/about-me', {
          standings: ['most-impacted'],
          groups: ['disability'],
        })
      ).status,
    ).toBe(200);
    const wrong = await running.mine(receipt, 'POST', '/about-me', { groups: ['martian'] });
    expect([wrong.status, wrong.body.errors?.[0]?.field]).toEqual([422, 'groups']);
  });
  it('erases every word, and keeps the count', async () => {
    const { receipt, inputId } = await running.raised({
      text: 'Forget me',
      contact: { channel: 'email', address: 'gone@example.org', textInMessage: true },
    });
    const before = await running.stored();
    expect((await running.mine(receipt, 'POST', '/erase', {})).body.state).toBe('withdrawn');
    expect((await running.mine(receipt, 'POST', '/erase', {})).status).toBe(200);
    expect((await running.mine(receipt, 'GET')).body).toMatchObject({ text: '', allowed: [] });
    expect(await running.stored()).toBe(before);
    const document = await running.stack.db('intake').collection('inputs').findOne({ id: inputId });
    expect(document?.['secret']).toBeUndefined();
    expect(document?.['state'].contact).toBeUndefined();
  });
});

about('the way back', () => {
  it('tells the team, delivers by opening, and takes yes and its repeat', async () => {
    const { receipt, inputId } = await running.raised();
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(409);
    await answer(running, inputId);
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(409);
    const view = (await running.mine(receipt, 'GET')).body;
    expect(view).toMatchObject({ state: 'delivered', team: { name: 'Transport' } });
    expect(view.answers).toMatchObject([
      { answerNo: 1, text: 'Two buses run now.', shapedBy: 'You named the lesson.' },
    ]);
    expect((await running.mine(receipt, 'POST', '/withdraw', {})).status).toBe(409);
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 2 })).body.errors?.[0]?.field).toBe(
      'answerNo',
    );
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 1 })).body.state).toBe('confirmed');
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(200);
    expect((await running.mine(receipt, 'GET')).body.timeline.map((line) => line.what)).toEqual([
      'raised',
      'routed',
      'answered',
      'delivered',
      'confirmed',
    ]);
  });
  it('takes no, and refuses a word on the answer that was replaced', async () => {
    const { receipt, inputId } = await running.raised();
    await answer(running, inputId);
    await running.mine(receipt, 'GET');
    expect((await running.mine(receipt, 'POST', '/dispute', { answerNo: 1 })).body.errors?.[0]?.field).toBe(
      'reason',
    );
    expect(
      (await running.mine(receipt, 'POST', '/dispute', { answerNo: 1, reason: 'Still late', partly: true }))
        .body.state,
    ).toBe('disputed');
    await answer(running, inputId, 2, 'Three buses.');
    expect((await running.mine(receipt, 'GET')).body.state).toBe('delivered');
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 1 })).status).toBe(409);
    expect((await running.mine(receipt, 'POST', '/confirm', { answerNo: 2 })).body.state).toBe('confirmed');
  });
  it('reaches an address with a link, and with the words only where they are wanted', async () => {
    const plain = await running.raised({
      contact: { channel: 'email', address: 'plain@example.org', textInMessage: false },
    });
    const worded = await running.raised({
      contact: { channel: 'email', address: 'worded@example.org', textInMessage: true },
    });
    await answer(running, plain.inputId);
    await answer(running, worded.inputId);
    const to = (address: string) =>
      eventually(async () => running.mails.find((mail) => mail.to === address), address);
    const [first, second] = [await to('plain@example.org'), await to('worded@example.org')];
    expect(first.raw).not.toContain('Two buses');
    expect(first.raw.replace(/=\r\n/g, '')).toContain(plain.receipt);
    expect(first.raw).toContain(`Message-ID: <${plain.inputId}.answer-1.moon@localhost>`);
    expect(second.raw).toContain('Two buses run now.');
    const told = async ({ inputId }: { inputId: string }) => {
      const now = await running.stack.db('intake').collection('inputs').findOne({ id: inputId });
      const sent = now?.['state'].letters[0]?.state === 'sent';
      return sent && (now['events'] as { type: string }[]).map(({ type }) => type);
    };
    expect(await eventually(() => told(worded), 'the letter')).toEqual(['input.raised', 'answer.delivered']);
    // A notice is not the answer: opening the receipt delivers it.
    expect(await eventually(() => told(plain), 'the notice')).toEqual(['input.raised']);
    expect((await running.mine(plain.receipt, 'GET')).body.state).toBe('delivered');
    expect(await told(plain)).toEqual(['input.raised', 'answer.delivered']);
  });
  it('that is refused for good is told once, and not tried again', async () => {
    const { inputId } = await running.raised({
      contact: { channel: 'email', address: 'nobody@example.org', textInMessage: false },
    });
    await answer(running, inputId);
    const document = await eventually(async () => {
      const now = await running.stack.db('intake').collection('inputs').findOne({ id: inputId });
      return now?.['state'].letters[0]?.state === 'refused' ? now : undefined;
    }, 'the refusal');
    const types = document['events'].map((event: { type: string }) => event.type);
    expect(types).toEqual(['input.raised', 'answer.undeliverable']);
    const it_ = await running.intake.call<{ items: { inputId: string; undelivered?: string[] }[] }>(
      'GET',
      '/api/intake/ops/inputs?limit=1000',
      { as: { roles: ['it'] } },
    );
    expect(it_.body.items.find((item) => item.inputId === inputId)?.undelivered).toEqual([
      'answer-1 refused',
    ]);
  });
});
