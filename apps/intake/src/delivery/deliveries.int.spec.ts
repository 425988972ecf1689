import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { answer, runningIntake } from '../inputs/running-intake.given.js';
import type { Raised, RunningIntake } from '../inputs/running-intake.given.js';
import type { DeliveryPage, DeliveryView } from './deliveries.js';
import type { Letter } from './letters.js';

let running: RunningIntake;
beforeAll(async () => {
  running = await runningIntake();
}, 120_000);
afterAll(() => running?.close(), 60_000);

const it_ = { roles: ['it'], sub: 'ivo' };
const inputs = () => running.stack.db('intake').collection('inputs');
const letterOf = async ({ inputId }: Raised) =>
  (await inputs().findOne({ id: inputId }))?.['state'].letters[0] as Letter | undefined;
const becomes = (raised: Raised, state: Letter['state']) =>
  eventually(async () => {
    const letter = await letterOf(raised);
    return letter?.state === state && letter;
  }, `a letter that is ${state}`);
const list = async (query: string, as: { roles: string[]; district?: string } = it_) =>
  (await running.intake.call<DeliveryPage>('GET', `/api/intake/ops/deliveries?${query}`, { as })).body;
const itemOf = async ({ inputId }: Raised, state: string) =>
  (await list(`state=${state}&limit=200`)).items.find((one) => one.inputId === inputId);
const resend = (id: string, body: object = { why: 'the server is back' }, as: object = it_) =>
  running.intake.call<DeliveryView & { detail?: string }>('POST', `/api/intake/ops/deliveries/${id}/resend`, {
    as: as as typeof it_,
    body,
  });
const answeredTo = async (address: string): Promise<Raised> => {
  const raised = await running.raised({ contact: { channel: 'email', address, textInMessage: true } });
  await answer(running, raised.inputId);
  return raised;
};
const typesOf = async ({ inputId }: Raised) =>
  ((await inputs().findOne({ id: inputId }))!['events'] as { type: string }[]).map(({ type }) => type);
/** As if it had been tried so often already, over the hours, and its next attempt were due. */
const triedBefore = async ({ inputId }: Raised, attempts: number) => {
  const nextAt = new Date(Date.now() - 1_000);
  await inputs().updateOne(
    { id: inputId },
    {
      $set: {
        'state.letters.0.attempts': attempts,
        'state.letters.0.nextAt': nextAt.toISOString(),
        wakeAt: nextAt,
      },
    },
  );
};

describe('a letter that the mail server does not take', () => {
  it('is owed and listed with its next try, exhausted after the last, and sent again by hand as the same mail', async () => {
    running.mailServer.busy = true;
    const raised = await answeredTo('late@example.org');
    await eventually(async () => (await letterOf(raised))?.attempts === 1, 'the first attempt');
    const owed = await itemOf(raised, 'owed');
    expect(owed).toMatchObject({ what: 'answer-1', channel: 'email', attempts: 1, service: 'intake' });
    expect(Date.parse(owed!.nextTryAt!) - Date.now()).toBeGreaterThan(50_000);
    expect((await resend(owed!.id)).status).toBe(409);

    await triedBefore(raised, 6);
    await becomes(raised, 'exhausted');
    const exhausted = await itemOf(raised, 'exhausted');
    expect(exhausted).toMatchObject({ attempts: 7, reason: 'no answer from the mail server' });
    expect(exhausted!.nextTryAt).toBeUndefined();
    expect(await itemOf(raised, 'owed')).toBeUndefined();
    expect(await typesOf(raised)).toEqual(['input.raised', 'answer.undeliverable']);
    // Never an address, nor a word.
    expect(JSON.stringify(await list('state=exhausted'))).not.toMatch(/example\.org|buses/);

    running.mailServer.busy = false;
    const { status, body } = await resend(exhausted!.id);
    expect([status, body.state, body.resent?.[0]]).toEqual([
      200,
      'owed',
      { by: 'ivo', why: 'the server is back', at: expect.any(String) as unknown },
    ]);
    await becomes(raised, 'sent');
    const mails = running.mails.filter(({ to }) => to === 'late@example.org');
    expect(mails).toHaveLength(1);
    expect(mails[0]!.raw).toContain(`Message-ID: <${raised.inputId}.answer-1.moon@localhost>`);
    expect(await typesOf(raised)).toEqual(['input.raised', 'answer.undeliverable', 'answer.delivered']);
    expect((await letterOf(raised))!.resent).toMatchObject([{ by: 'ivo', why: 'the server is back' }]);
    expect((await resend(exhausted!.id)).body.detail).toContain('cannot resend while sent');
  }, 60_000);

  it('is exhausted, and its team told, also when whoever made the last attempt died before saying so', async () => {
    running.mailServer.busy = true;
    const raised = await answeredTo('died@example.org');
    await eventually(async () => (await letterOf(raised))?.attempts === 1, 'the first attempt');
    // And its end, so that it is not taken for the end of the last one.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await triedBefore(raised, 7);
    expect(await becomes(raised, 'exhausted')).toMatchObject({ attempts: 7 });
    expect(await typesOf(raised)).toEqual(['input.raised', 'answer.undeliverable']);
    running.mailServer.busy = false;
  }, 60_000);

  it('is refused for good at once, and sent again once the address is known', async () => {
    const raised = await answeredTo('nobody@example.org');
    await becomes(raised, 'refused');
    const item = await itemOf(raised, 'refused');
    expect(item).toMatchObject({ attempts: 1, reason: '550' });
    running.mailServer.knowsNobody = true;
    expect((await resend(item!.id)).status).toBe(200);
    await becomes(raised, 'sent');
    running.mailServer.knowsNobody = false;
  }, 60_000);
});

describe('the list of deliveries', () => {
  it('goes on page by page, also within an input, and finds them by an index', async () => {
    running.mailServer.busy = true;
    const raised: Raised[] = [];
    for (const n of [1, 2, 3]) raised.push(await answeredTo(`page-${n}@example.org`));
    for (const one of raised) await becomes(one, 'owed');
    const message = {
      about: 'message',
      no: 1,
      state: 'owed',
      attempts: 0,
      nextAt: '2100-01-01T00:00:00.000Z',
    };
    const ids = raised.map(({ inputId }) => inputId).toSorted();
    await inputs().updateOne({ id: ids[0] }, { $push: { 'state.letters': message as never } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(`state=owed&limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.items).toHaveLength(1);
      seen.push(`${page.items[0]!.inputId} ${page.items[0]!.what}`);
      cursor = page.next;
    } while (cursor);
    expect(seen).toEqual([
      `${ids[0]} answer-1`,
      `${ids[0]} message-1`,
      `${ids[1]} answer-1`,
      `${ids[2]} answer-1`,
    ]);
    const plan = JSON.stringify(
      await inputs()
        .find({ district: 'moon', 'index.undelivered': 'owed', _id: { $gte: 'moon/' as never } })
        .sort({ _id: 1 })
        .explain('executionStats'),
    );
    expect(plan).toContain('"indexName":"district_1_index.undelivered_1__id_1"');
    expect(plan).toContain('"totalDocsExamined":3');
    running.mailServer.busy = false;
  }, 60_000);

  it('is of one district, for IT alone, and refuses what it does not know', async () => {
    const [item] = (await list('state=owed')).items;
    const mars = { roles: ['it'], district: 'mars' };
    expect(await list('state=owed', mars)).toEqual({ items: [] });
    expect((await resend(item!.id, undefined, mars)).status).toBe(404);
    expect((await resend(item!.id, undefined, { roles: ['leader'] })).status).toBe(403);
    expect((await resend(item!.id, {})).status).toBe(422);
    expect((await resend(Buffer.from('nobody~answer-1').toString('base64url'))).status).toBe(404);
    expect((await resend('x')).status).toBe(404);
    const wrong = (query: string) =>
      running.intake
        .call('GET', `/api/intake/ops/deliveries?${query}`, { as: it_ })
        .then(({ status }) => status);
    expect(await wrong('state=sent')).toBe(422);
    expect(await wrong('state=owed&cursor=x')).toBe(422);
  });
});
