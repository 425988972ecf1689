import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { mostTries } from '../cases/rules/mails.js';
import { CaseworkModule } from '../casework.module.js';
import { catchMail } from './catch-mail.given.js';
import type { DeliveryPage, DeliveryView } from './deliveries.js';
import { messageId } from './team-mail.js';

const it_ = { roles: ['it'], sub: 'ivo', orgs: ['d'] };
const office = { teamId: 'office', name: 'Office', orgId: 'd' };
const rules = [{ ruleId: 'rest', teamId: 'office' }];

describe('mails to teams that do not arrive', () => {
  let stack: Stack;
  let service: RunningService;
  let mails: Awaited<ReturnType<typeof catchMail>>;

  const cases = () => stack.db('casework').collection('cases');
  async function putTeam(email?: string): Promise<void> {
    const { headers } = await service.call('GET', '/api/casework/teams', { as: it_ });
    const { status } = await service.call('PUT', '/api/casework/teams', {
      as: it_,
      body: { teams: [{ ...office, ...(email && { email }) }] },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    if (status !== 200) throw new Error(`teams: ${status}`);
  }
  async function raise(): Promise<string> {
    const inputId = randomUUID();
    await stack.publish('intake', 'moon', {
      type: 'input.raised',
      inputId,
      origin: 'intake',
      orgId: 'd',
      topic: 'transport',
      kind: 'concern',
      lane: 'open',
      voices: 1,
      language: 'en',
      anonymous: true,
      reachable: false,
      notSeenBy: [],
      raisedAt: new Date().toISOString(),
      sealed: 'a..b.c.d',
    });
    return inputId;
  }
  const list = async (query: string, as: object = it_) =>
    (
      await service.call<DeliveryPage>('GET', `/api/casework/ops/deliveries?${query}`, {
        as: as as typeof it_,
      })
    ).body;
  const becomes = (caseId: string, state: string) =>
    eventually(
      async () => (await list(`state=${state}&limit=200`)).items.find((one) => one.caseId === caseId),
      `a mail that is ${state}`,
    );
  const resend = (id: string, body: object = { why: 'mended' }, as: object = it_) =>
    service.call<DeliveryView & { detail?: string }>('POST', `/api/casework/ops/deliveries/${id}/resend`, {
      as: as as typeof it_,
      body,
    });
  const arrived = (caseId: string) =>
    mails.caught.filter((mail) => mail.messageId.includes(messageId('moon', caseId, 'arrived')));

  beforeAll(async () => {
    mails = await catchMail();
    process.env['HEARBACK_SMTP'] = mails.url;
    stack = await realStack();
    service = await stack.service(CaseworkModule, 'casework');
    await stack.publish('roster', 'moon', {
      type: 'org.changed',
      orgId: 'd',
      name: 'Moon',
      level: 'district',
      active: true,
      at: new Date().toISOString(),
    });
    await eventually(async () => {
      const { status } = await service.call('PUT', '/api/casework/teams', {
        as: it_,
        body: { teams: [office] },
      });
      return status === 200;
    }, 'the teams taken');
    await service.call('PUT', '/api/casework/routing-rules', { as: it_, body: { rules } });
  }, 60_000);
  afterAll(async () => {
    await stack?.close();
    await mails?.close();
  });

  it('without an address are refused, and sent to the address that the team has by the time of the resend', async () => {
    const caseId = await raise();
    const item = await becomes(caseId, 'refused');
    expect(item).toMatchObject({
      service: 'casework',
      teamId: 'office',
      what: 'arrived',
      channel: 'email',
      attempts: 0,
      reason: 'the team has no address for it',
    });
    await putTeam('office@moon.example.org');
    const { status, body } = await resend(item.id);
    expect([status, body.state, body.resent?.[0]]).toMatchObject([200, 'owed', { by: 'ivo', why: 'mended' }]);
    await eventually(
      async () => (await cases().findOne({ id: caseId }))!['state'].mails.length === 0,
      'sending',
    );
    expect(arrived(caseId)).toMatchObject([{ to: 'office@moon.example.org' }]);
    expect((await resend(item.id)).status).toBe(404);
    const { history } = (await cases().findOne({ id: caseId }))!['state'] as { history: object[] };
    expect(history).toContainEqual(expect.objectContaining({ what: 'mail sent again', by: 'ivo' }));
  }, 60_000);

  it('refused for good are not tried again by themselves', async () => {
    mails.manners.refuses = 'office@moon.example.org';
    const caseId = await raise();
    expect(await becomes(caseId, 'refused')).toMatchObject({ reason: '550', attempts: 1 });
    delete mails.manners.refuses;
    expect(JSON.stringify(await list('state=refused'))).not.toContain('example.org');
  }, 60_000);

  it('are exhausted after the last of their tries, and a resend is the same mail', async () => {
    mails.manners.busy = true;
    const caseId = await raise();
    const owed = await becomes(caseId, 'owed');
    expect((await resend(owed.id)).status).toBe(409);
    const past = new Date(Date.now() - 1_000);
    await eventually(
      async () => (await cases().findOne({ id: caseId }))!['state'].mails[0].tries >= 1,
      'a try',
    );
    await cases().updateOne(
      { id: caseId },
      {
        $set: {
          'state.mails.0.tries': mostTries,
          'state.mails.0.nextTryAt': past.toISOString(),
          wakeAt: past,
        },
      },
    );
    const item = await becomes(caseId, 'exhausted');
    expect(item).toMatchObject({ attempts: mostTries, reason: 'no answer from the mail server' });
    mails.manners.busy = false;
    expect((await resend(item.id)).status).toBe(200);
    await eventually(
      async () => (await cases().findOne({ id: caseId }))!['state'].mails.length === 0,
      'sending',
    );
    expect(arrived(caseId)).toHaveLength(1);
  }, 60_000);

  it('are of one district, for IT alone, and a resend says why', async () => {
    const [item] = (await list('state=refused')).items;
    expect(await list('state=refused', { ...it_, district: 'mars' })).toEqual({ items: [] });
    expect((await resend(item!.id, undefined, { ...it_, district: 'mars' })).status).toBe(404);
    expect((await resend(item!.id, undefined, { ...it_, roles: ['lead'] })).status).toBe(403);
    expect((await resend(item!.id, { why: '' })).status).toBe(422);
    expect((await resend('x')).status).toBe(404);
  });
});
