import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HearbackEvent, InputRaised, Publisher } from '#contracts';
import { KeyRing, newKey, seal, unseal } from '#messaging';
import type { Key } from '#messaging';
import { eventually, realStack } from '#testing';
import type { Claims, RunningService, Stack } from '#testing';
import { CaseworkModule } from '../casework.module.js';
import { catchMail } from '../clocks/catch-mail.given.js';
import type { CaughtMail } from '../clocks/catch-mail.given.js';
import type { CasePage } from './read-cases.js';
import type { CaseView } from './case-view.js';

const it_: Claims = { roles: ['it'], orgs: ['d'] };
const tariq: Claims = { roles: ['member'], sub: 'tariq', orgs: ['d'], teams: ['transport'] };
const lena: Claims = { roles: ['lead'], sub: 'lena', orgs: ['d'], teams: ['transport'] };
const odette: Claims = { roles: ['member'], sub: 'odette', orgs: ['s1'], teams: ['office-1'] };
const oscar: Claims = { roles: ['member'], sub: 'oscar', orgs: ['d'], teams: ['district-office'] };
const dara: Claims = { roles: ['leader'], sub: 'dara', orgs: ['d'] };

const teams = [
  { teamId: 'office-1', name: 'School office', orgId: 's1', email: 'office-1@moon.example.org' },
  { teamId: 'transport', name: 'Transport', orgId: 'd', email: 'transport@moon.example.org' },
  { teamId: 'district-office', name: 'District office', orgId: 'd', email: 'district@moon.example.org' },
];
const rules = [
  { ruleId: 'school', orgId: 's1', teamId: 'office-1' },
  { ruleId: 'buses', topic: 'transport', teamId: 'transport' },
  { ruleId: 'rest', teamId: 'district-office' },
];

describe('casework on real engines', () => {
  let stack: Stack;
  let service: RunningService;
  let mails: Awaited<ReturnType<typeof catchMail>>;
  const keys = new Map<string, Key>();

  const get = <T>(path: string, as: Claims) => service.call<T>('GET', `/api/casework${path}`, { as });
  const post = (path: string, as: Claims, body: unknown, headers: Record<string, string> = {}) =>
    service.call('POST', `/api/casework${path}`, { as, body, headers });
  const put = (path: string, as: Claims, body: unknown, headers: Record<string, string> = {}) =>
    service.call('PUT', `/api/casework${path}`, { as, body, headers });
  const say = (event: HearbackEvent, publisher: Publisher = 'intake') =>
    stack.publish(publisher, 'moon', event);

  async function raise(changes: Partial<InputRaised> = {}, withKey = true): Promise<string> {
    const inputId = randomUUID();
    const { key, wrapped } = newKey();
    keys.set(inputId, key);
    if (withKey) await giveKey(inputId, wrapped);
    await say({
      type: 'input.raised',
      inputId,
      origin: 'intake',
      orgId: 's1',
      topic: 'transport',
      kind: 'concern',
      lane: 'open',
      voices: 1,
      role: 'family',
      language: 'es',
      anonymous: false,
      reachable: false,
      notSeenBy: [],
      raisedAt: new Date().toISOString(),
      sealed: seal(key, { text: 'El autobús llega tarde.', name: 'Marisol' }),
      ...changes,
    });
    return inputId;
  }
  const giveKey = (inputId: string, wrapped: string | null) =>
    service.app.get(KeyRing, { strict: false }).take([{ id: `moon/${inputId}`, wrapped }]);
  const arrived = (inputId: string, as: Claims) =>
    eventually(async () => {
      const { body } = await get<CasePage>(`/cases?inputId=${inputId}`, as);
      return body.items?.[0];
    }, `the case of ${inputId}`);
  const published = async (inputId: string) => {
    const found = await stack
      .db('casework')
      .collection<{ events: { type: string; data: Record<string, unknown> }[] }>('cases')
      .findOne({ id: inputId });
    return found?.events ?? [];
  };
  const answerBody = {
    outcome: 'done',
    text: 'A second bus runs now.',
    language: 'en',
    shapedBy: 'You named the stop.',
  };
  const mailFor = (id: string, subject: RegExp): CaughtMail[] =>
    mails.caught.filter((mail) => mail.text.includes(id) && subject.test(mail.subject));

  beforeAll(async () => {
    mails = await catchMail();
    process.env['HEARBACK_SMTP'] = mails.url;
    stack = await realStack();
    service = await stack.service(CaseworkModule, 'casework');
    const at = new Date().toISOString();
    await say(
      { type: 'org.changed', orgId: 'd', name: 'Moon', level: 'district', active: true, at },
      'roster',
    );
    for (const orgId of ['s1', 's2'])
      await say(
        {
          type: 'org.changed',
          orgId,
          name: `School ${orgId}`,
          level: 'school',
          parentId: 'd',
          active: true,
          at,
        },
        'roster',
      );
    await eventually(async () => (await put('/teams', it_, { teams })).status === 200, 'the teams taken');
    expect((await put('/routing-rules', it_, { rules })).status).toBe(200);
  }, 60_000);
  afterAll(async () => {
    await stack?.close();
    await mails?.close();
  });

  it('walks an input from routed to confirmed, and says each step to the other services', async () => {
    const inputId = await raise();
    const row = await arrived(inputId, tariq);
    expect(row).toMatchObject({
      teamId: 'transport',
      state: 'open',
      orgName: 'School s1',
      due: { step: 'acknowledge' },
    });
    const path = `/cases/${row.caseId}`;
    expect((await post(`${path}/acknowledge`, tariq, {})).status).toBe(200);
    expect((await post(`${path}/acknowledge`, tariq, {})).status).toBe(200);
    const read = await get<CaseView>(path, tariq);
    expect(read.body.inputs[0]).toMatchObject({
      text: 'El autobús llega tarde.',
      name: 'Marisol',
      state: 'acknowledged',
    });
    expect(read.headers.get('etag')).toBe(`"${read.body.version}"`);
    expect((await post(`${path}/answer`, tariq, answerBody)).status).toBe(428);
    expect((await post(`${path}/answer`, tariq, answerBody, { 'if-match': '"1"' })).status).toBe(412);
    const headers = { 'if-match': read.headers.get('etag')!, 'idempotency-key': randomUUID() };
    expect((await post(`${path}/answer`, tariq, answerBody, headers)).status).toBe(200);
    // The answer got lost on its way: the same command again is the same answer.
    expect((await post(`${path}/answer`, tariq, answerBody, headers)).status).toBe(200);
    expect((await post(`${path}/answer`, tariq, { ...answerBody, text: 'Other.' }, headers)).status).toBe(
      422,
    );
    const at = new Date().toISOString();
    await say({ type: 'answer.delivered', inputId, answerNo: 1, how: 'receipt', at });
    await say({ type: 'closure.confirmed', inputId, answerNo: 1, at });
    await eventually(
      async () => (await get<CaseView>(path, tariq)).body.state === 'closed',
      'the case closed',
    );
    const events = await published(inputId);
    expect(events.map((event) => event.type)).toEqual(['case.routed', 'case.acknowledged', 'case.answered']);
    const words = await unseal<{ text: string; shapedBy: string }>(
      keys.get(inputId)!,
      String(events[2]!.data['sealed']),
    );
    expect(words).toEqual({ text: answerBody.text, shapedBy: answerBody.shapedBy });
  }, 60_000);

  it('tells the team by one mail with topic, due and link, and never the text', async () => {
    const inputId = await raise();
    const mail = await eventually(async () => mailFor(inputId, /^New input/)[0], 'the mail');
    expect(mail).toMatchObject({ to: 'transport@moon.example.org' });
    expect(mail.text).not.toMatch(/autobús|Marisol/);
    await eventually(async () => {
      const found = await stack.db('casework').collection('cases').findOne({ id: inputId });
      return (found!['state'] as { mails: unknown[] }).mails.length === 0;
    });
    expect(mailFor(inputId, /./)).toHaveLength(1);
  }, 30_000);

  it('a dispute reopens, and the team is told', async () => {
    const inputId = await raise();
    const { caseId } = await arrived(inputId, tariq);
    const { headers } = await get<CaseView>(`/cases/${caseId}`, tariq);
    await post(`/cases/${caseId}/answer`, tariq, answerBody, { 'if-match': headers.get('etag')! });
    const at = new Date().toISOString();
    await say({ type: 'answer.delivered', inputId, answerNo: 1, how: 'receipt', at });
    const sealed = seal(keys.get(inputId)!, { reason: 'Todavía llega tarde.' });
    await say({ type: 'closure.disputed', inputId, answerNo: 1, partly: false, at, sealed });
    const open = await eventually(async () => {
      const { body } = await get<CaseView>(`/cases/${caseId}`, tariq);
      return body.state === 'open' && body;
    });
    expect(open.inputs[0]!.state).toBe('disputed');
    expect(open.thread.at(-1)).toMatchObject({
      from: 'originator',
      what: 'disputed',
      text: 'Todavía llega tarde.',
    });
    await eventually(async () => mailFor(inputId, /^Not settled/)[0]);
  }, 30_000);

  it('whoever is named can neither open, find nor count it; it goes to the next level up', async () => {
    const inputId = await raise({ topic: 'meals', notSeenBy: ['school'] });
    const { caseId, teamId } = await arrived(inputId, oscar);
    expect(teamId).toBe('district-office');
    const both: Claims = { ...odette, teams: ['office-1', 'district-office'] };
    for (const named of [odette, both]) {
      expect((await get(`/cases/${caseId}`, named)).status).toBe(404);
      expect((await get<CasePage>(`/cases?inputId=${inputId}`, named)).body.items).toEqual([]);
      expect((await post(`/cases/${caseId}/notes`, named, { text: 'Who was it?' })).status).toBe(404);
    }
    const transfer = await post(`/cases/${caseId}/transfer`, oscar, { teamId: 'office-1', note: 'Yours?' });
    expect(transfer).toMatchObject({ status: 422, body: { errors: [{ field: 'teamId' }] } });
    expect(
      mails.caught.filter((mail) => mail.to.startsWith('office-1') && mail.text.includes(inputId)),
    ).toEqual([]);
  }, 30_000);

  it('another team’s case is 403, another district’s and an unknown one 404, a leader’s token reads none', async () => {
    const inputId = await raise();
    const { caseId } = await arrived(inputId, tariq);
    expect((await get(`/cases/${caseId}`, odette)).status).toBe(403);
    expect((await get(`/cases/${caseId}`, { ...tariq, district: 'mars' })).status).toBe(404);
    expect((await get('/cases/nothing', tariq)).status).toBe(404);
    expect((await get(`/cases/${caseId}`, dara)).status).toBe(403);
    expect((await get<CasePage>('/cases?team=transport', odette)).status).toBe(403);
    expect((await get(`/cases/${caseId}`, { ...lena, teams: [] })).status).toBe(200);
  }, 30_000);

  it('until a key has come: the text is not here yet, and what needs it answers 503 with Retry-After', async () => {
    const inputId = await raise({}, false);
    const { caseId } = await arrived(inputId, tariq);
    const { body } = await get<CaseView>(`/cases/${caseId}`, tariq);
    expect(body.inputs[0]).toMatchObject({ missing: 'text not here yet' });
    const note = await post(`/cases/${caseId}/notes`, tariq, { text: 'Call the depot.' });
    expect([note.status, note.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await post(`/cases/${caseId}/acknowledge`, tariq, {})).status).toBe(200);
  }, 30_000);

  it('an input whose organisation is not known yet waits, and is routed once it is', async () => {
    const inputId = await raise({ orgId: 's9' });
    await eventually(async () => {
      const { body } = await get<{ items: { key: string; reason: string }[] }>('/ops/parked', it_);
      return body.items.find((one) => one.key === inputId)?.reason.includes('s9');
    }, 'the event parked');
    const at = new Date().toISOString();
    await say(
      {
        type: 'org.changed',
        orgId: 's9',
        name: 'New school',
        level: 'school',
        parentId: 'd',
        active: true,
        at,
      },
      'roster',
    );
    const replay = await eventually(async () => {
      const { body } = await get<{ items: { id: string; key: string }[] }>('/ops/parked', it_);
      const parked = body.items.find((one) => one.key === inputId);
      if (parked) await post(`/ops/parked/${parked.id}/replay`, it_, { why: 'the school is known now' });
      return !parked;
    });
    expect(replay).toBe(true);
    expect(await arrived(inputId, tariq)).toMatchObject({ teamId: 'transport' });
  }, 60_000);

  it('where there is no team, it is with unassigned: every lead sees it, no member does', async () => {
    const at = new Date().toISOString();
    const mars = (as: Claims): Claims => ({ ...as, district: 'mars', orgs: ['m'] });
    await stack.publish('roster', 'mars', {
      type: 'org.changed',
      orgId: 'm',
      name: 'Mars',
      level: 'district',
      active: true,
      at,
    });
    const inputId = randomUUID();
    const sealed = seal(newKey().key, { text: 'Is anybody there?' });
    const facts = {
      orgId: 'm',
      topic: 'other',
      kind: 'question',
      lane: 'open',
      voices: 1,
      language: 'en',
    } as const;
    await stack.publish('intake', 'mars', {
      type: 'input.raised',
      inputId,
      origin: 'intake',
      ...facts,
      anonymous: true,
      reachable: false,
      notSeenBy: [],
      raisedAt: at,
      sealed,
    });
    const row = await arrived(inputId, mars(lena));
    expect(row).toMatchObject({ teamId: 'unassigned' });
    expect((await get(`/cases/${row.caseId}`, mars(tariq))).status).toBe(403);
    expect((await get(`/cases/${row.caseId}`, lena)).status).toBe(404);
  }, 30_000);

  it('erased words are gone from the case', async () => {
    const inputId = await raise();
    const { caseId } = await arrived(inputId, tariq);
    await post(`/cases/${caseId}/notes`, tariq, { text: 'A note.' });
    await say({ type: 'input.withdrawn', inputId, at: new Date().toISOString() });
    await say({ type: 'input.erased', inputId, at: new Date().toISOString() });
    const view = await eventually(async () => {
      const { body } = await get<CaseView>(`/cases/${caseId}`, tariq);
      return body.inputs[0]!.missing === 'text was erased' && body;
    });
    expect(view.notes[0]).toMatchObject({ missing: 'text was erased' });
    expect(view.allowed).toEqual([]);
  }, 30_000);

  it('a bad request is refused with the field named, and changes nothing', async () => {
    const { caseId } = await arrived(await raise({ topic: 'meals', orgId: 's2' }), oscar);
    const path = `/cases/${caseId}`;
    const { body: before, headers } = await get<CaseView>(path, oscar);
    const ifMatch = { 'if-match': headers.get('etag')! };
    const plain = { outcome: 'done', text: 'Done.', language: 'en' };
    const bad: [string, unknown, string][] = [
      ['acknowledge', { userId: 'x' }, 'userId'],
      ['assign', { userId: { $ne: null } }, 'userId'],
      ['messages', { text: ' ', language: 'en' }, 'text'],
      ['messages', { text: 'x'.repeat(5_001), language: 'en' }, 'text'],
      ['messages', { text: 'Hello', language: 'english' }, 'language'],
      ['messages', { text: 'Hello', language: 'en', inputId: 'input-9' }, 'inputId'],
      ['notes', { text: 'Hello', visible: true }, 'visible'],
      ['notes', { text: 'x'.repeat(10_001) }, 'text'],
      ['transfer', { teamId: 'nobody', note: 'Yours?' }, 'teamId'],
      ['participation', { level: 'decide' }, 'level'],
      ['answer', { ...plain, text: 'x'.repeat(10_001) }, 'text'],
      ['answer', { ...plain, outcome: 'solved' }, 'outcome'],
      ['answer', { ...plain, outcome: 'planned' }, 'promiseDate'],
      ['answer', { ...plain, outcome: 'planned', promiseDate: '2027-02-30' }, 'promiseDate'],
      ['answer', { ...plain, outcome: 'already answered', answerRef: 'nothing' }, 'answerRef'],
      ['answer', { ...plain, inputIds: ['input-9'] }, 'inputIds'],
    ];
    for (const [action, body, field] of bad) {
      const { status, body: problem } = await post(`${path}/${action}`, oscar, body, ifMatch);
      expect([
        action,
        status,
        (problem['errors'] as { field: string }[] | undefined)?.[0]?.field ?? problem,
      ]).toEqual([action, 422, field]);
    }
    const reopen = await post(`${path}/reopen`, oscar, { reason: 'Again.' });
    expect(reopen).toMatchObject({ status: 409, body: { state: 'routed', allowed: before.allowed } });
    const { body: after } = await get<CaseView>(path, oscar);
    expect(after).toEqual(before);
  }, 30_000);

  it('a transfer is the other team’s once that team acknowledges, and the originator is told', async () => {
    const inputId = await raise();
    const { caseId } = await arrived(inputId, tariq);
    const path = `/cases/${caseId}`;
    expect(
      (await post(`${path}/transfer`, tariq, { teamId: 'district-office', note: 'Yours?' })).status,
    ).toBe(200);
    expect((await get<CaseView>(path, oscar)).body).toMatchObject({
      teamId: 'transport',
      offeredTo: 'district-office',
    });
    expect((await post(`${path}/notes`, oscar, { text: 'Hm.' })).status).toBe(403);
    expect((await post(`${path}/acknowledge`, oscar, {})).status).toBe(200);
    expect((await get<CaseView>(path, oscar)).body.notes).toMatchObject([{ text: 'Yours?' }]);
    expect((await get(path, tariq)).status).toBe(403);
    expect((await published(inputId)).map((event) => event.type)).toEqual([
      'case.routed',
      'case.transferred',
      'case.acknowledged',
    ]);
    await eventually(async () => mailFor(inputId, /^Transfer to your team/)[0]);
  }, 30_000);

  it('waiting pauses the clock until the originator writes', async () => {
    const inputId = await raise();
    const { caseId } = await arrived(inputId, tariq);
    const ask = { text: '¿Qué parada?', language: 'es', waitForReply: true };
    const headers = { 'idempotency-key': randomUUID() };
    for (const _ of [1, 2])
      expect((await post(`/cases/${caseId}/messages`, tariq, ask, headers)).status).toBe(201);
    const waiting = (await get<CaseView>(`/cases/${caseId}`, tariq)).body;
    expect(waiting).toMatchObject({ state: 'waiting', waiting: true });
    expect(waiting.thread).toHaveLength(1);
    const sealed = seal(keys.get(inputId)!, { text: 'La de la calle Olmo.' });
    const at = new Date().toISOString();
    await say({ type: 'input.message', inputId, messageNo: 1, language: 'es', at, sealed });
    const open = await eventually(async () => {
      const { body } = await get<CaseView>(`/cases/${caseId}`, tariq);
      return body.state === 'open' && body;
    });
    expect(open.thread.at(-1)).toMatchObject({ from: 'originator', text: 'La de la calle Olmo.' });
    expect(open.targets!.answerBy > waiting.targets!.answerBy).toBe(true);
  }, 30_000);

  it('the queue is sorted by what is due, filtered and paged', async () => {
    const day = 24 * 3_600_000;
    for (const days of [1, 30, 3])
      await raise({ topic: 'meals', raisedAt: new Date(Date.now() - days * day).toISOString() });
    const all = await eventually(async () => {
      const { body } = await get<CasePage>('/cases?team=office-1', odette);
      return body.items.length === 3 && body.items;
    });
    const dues = all.map((row) => row.due!.at);
    expect(dues).toEqual([...dues].sort());
    expect(all[0]!.overdue).toBe(true);
    const first = (await get<CasePage>('/cases?limit=2', odette)).body;
    const second = (await get<CasePage>(`/cases?limit=2&cursor=${first.next}`, odette)).body;
    expect([...first.items, ...second.items].map((row) => row.caseId)).toEqual(all.map((row) => row.caseId));
    expect(second.next).toBeUndefined();
    const late = (await get<CasePage>('/cases?due=overdue', odette)).body.items;
    expect(late.every((row) => row.overdue)).toBe(true);
    expect((await get<CasePage>('/cases?mine=true', odette)).body.items).toEqual([]);
    await post(`/cases/${all[1]!.caseId}/assign`, odette, { userId: 'odette' });
    expect((await get<CasePage>('/cases?mine=true', odette)).body.items).toHaveLength(1);
    expect((await get<CasePage>('/cases?state=closed', odette)).body.items).toEqual([]);
  }, 30_000);

  it('a missed target is published once, and the next level is told', async () => {
    const raisedAt = new Date(Date.now() - 40 * 24 * 3_600_000).toISOString();
    const inputId = await raise({ topic: 'meals', raisedAt });
    const events = await eventually(
      async () => {
        const all = await published(inputId);
        return all.filter((event) => event.type === 'target.missed').length === 2 && all;
      },
      'the misses',
      30_000,
    );
    expect(events.at(-1)!.data).toMatchObject({ teamId: 'office-1', escalatedTo: 'd' });
    const told = await eventually(async () => {
      const missed = mailFor(inputId, /^Missed/);
      return missed.length === 2 && missed;
    });
    expect(told.map((mail) => mail.to)).toEqual(['district@moon.example.org', 'district@moon.example.org']);
    expect(new Set(told.map((mail) => mail.messageId)).size).toBe(2);
  }, 60_000);

  it('reconciliation sees every input with an open flag', async () => {
    const inputId = await raise();
    await arrived(inputId, tariq);
    const { body } = await get<{ items: { inputId: string; open: boolean }[] }>(
      '/ops/inputs?limit=2000',
      it_,
    );
    expect(body.items).toContainEqual(expect.objectContaining({ inputId, open: true }));
    expect((await get('/ops/inputs', tariq)).status).toBe(403);
  }, 30_000);
});
