import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus, goodAnswer, goodInput } from './acts.js';
import type { Acts, Raised } from './acts.js';

let district: District;
let acts: Acts;
/** Everything that people wrote, each with a mark of its own, so that a finding tells which of it leaked. */
const planted: string[] = [];
/** Codes: whoever has one is the originator. They stand nowhere at all. */
const codes: string[] = [];
const mark = randomBytes(4).toString('hex');

/** Words with a mark; digits and letters alone, so that no encoding of text changes it. */
function words(what: string): string {
  const word = `zq${mark}${what.replaceAll(/[^a-z]/gi, '')}`;
  planted.push(word);
  return word;
}

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
}, 150_000);
afterAll(() => district?.close(), 60_000);

async function throughIntake(): Promise<void> {
  const address = `${words('address')}@families.example.org`;
  const contact = { channel: 'email', address, textInMessage: true };
  const { inputId, auth, receipt } = await acts.raise({
    anonymous: false,
    name: words('name'),
    text: words('text'),
    contact,
    onBehalfOf: { relation: 'advocate', agreed: true, receiptTo: 'me' },
  });
  codes.push(receipt);
  const team = await acts.member('transport');
  const lead = await district.token('lead', { org: '00417', team: 'transport' });
  const { caseId } = await acts.findCase(inputId, team);
  const written = { text: words('messageOfOriginator'), language: 'en' };
  expectStatus(await acts.onReceipt(auth, 'messages', written), 201);
  const translations = [{ language: 'es', text: words('translation'), by: 'person' }];
  const said = { text: words('messageOfTeam'), language: 'en', translations };
  expectStatus(await acts.onCase(caseId, 'messages', team, said), 201);
  expectStatus(await acts.onCase(caseId, 'notes', team, { text: words('note') }), 201);
  const lower = { level: 'inform', reason: words('participationReason') };
  expectStatus(await acts.onCase(caseId, 'participation', lead, lower), 200);
  const answer = {
    outcome: 'not ours',
    text: words('answer'),
    language: 'en',
    shapedBy: words('shapedBy'),
    reason: words('answerReason'),
    handedTo: words('handedTo'),
    translations: [{ language: 'es', text: words('answerTranslation'), by: 'person' }],
  };
  expectStatus(await acts.answerCase(inputId, team, answer), 200);
  await acts.arrive('delivered', () => acts.receipt(auth));
  expectStatus(await acts.onReceipt(auth, 'dispute', { answerNo: 1, reason: words('disputeReason') }), 200);
  await eventually(async () => (await acts.openCase(caseId, team)).state === 'open', 'the case open again');
  const transfer = { teamId: 'nutrition', note: words('transferNote') };
  expectStatus(await acts.onCase(caseId, 'transfer', team, transfer), 200);
  expectStatus(await acts.answerCase(inputId, team, { ...answer, text: words('secondAnswer') }), 200);
  await acts.arrive('delivered', () => acts.receipt(auth));
  await eventually(async () => (await acts.openCase(caseId, team)).allowed.includes('reopen'), 'reopen');
  expectStatus(await acts.onCase(caseId, 'reopen', team, { reason: words('reopenReason') }), 200);
  await eventually(async () => (await acts.mailsTo(address)).length >= 3, 'the mails to the originator');

  const other = await acts.raise({ text: words('withdrawnText') });
  codes.push(other.receipt);
  expectStatus(await acts.onReceipt(other.auth, 'withdraw', { why: words('withdrawReason') }), 200);
  // What is refused was said as well.
  const refused = { ...goodInput, text: words('refusedText'), orgId: '00417-999' };
  expect((await district.call('POST', '/api/intake/inputs', { body: refused })).status).toBe(422);
  const broken = `{"text":"${words('brokenJson')}`;
  const raw = { raw: broken, headers: { 'content-type': 'application/json' } };
  expect((await district.call('POST', '/api/intake/inputs', raw)).status).toBe(400);
}

async function throughStudentVoice(): Promise<void> {
  const auth = await district.token('adviser');
  const post = <T>(path: string, body: unknown, as = auth) =>
    district.call<T>('POST', `/api/student-voice/sessions${path}`, { auth: as, key: randomUUID(), body });
  const opened = await post<{ sessionId: string }>('', {
    orgId: '00417-051',
    title: 'Breaks',
    questions: ['What is missing?'],
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 3_600_000).toISOString(),
    anonymous: false,
  });
  const id = expectStatus(opened, 201).sessionId;
  const issued = await post<{ codes: string[] }>(`/${id}/codes`, { count: 1 });
  const code = expectStatus(issued, 201).codes[0]!;
  codes.push(code);
  const said = { answers: [words('response')] };
  const given = await post<{ responseId: string }>(`/${id}/responses`, said, `Session ${code}`);
  const theme = {
    title: words('themeTitle'),
    text: words('themeText'),
    topic: 'belonging',
    responseIds: [expectStatus(given, 201).responseId],
  };
  const { inputId } = expectStatus(await post<{ inputId: string }>(`/${id}/themes`, theme), 201);
  const message = { inputId, text: words('adviserMessage'), language: 'en' };
  expectStatus(await post(`/${id}/messages`, message), 201);
  expectStatus(await acts.answerCase(inputId, await acts.member('office-051')), 200);
  const look = async () => {
    const path = `/api/student-voice/sessions/${id}`;
    const { body } = await district.call<{ themes: { state: string }[] }>('GET', path, { auth });
    return body.themes[0];
  };
  await acts.arrive('answered', look);
  const closure = { inputId, answerNo: 1, yes: 0, no: 1, noReply: 0, reason: words('closureReason') };
  expectStatus(await post(`/${id}/closure`, closure), 200);
}

async function throughFamilyCouncil(): Promise<void> {
  const auth = await district.token('representative');
  const send = <T>(method: string, path: string, body: unknown) =>
    district.call<T>(method, `/api/family-council/rounds${path}`, { auth, key: randomUUID(), body });
  const opened = await send<{ roundId: string }>('POST', '', {
    orgId: '00417-012',
    title: 'Reading',
    brief: 'What would help?',
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const id = expectStatus(opened, 201).roundId;
  const families = [{ familyRef: 'a', language: 'en', contactAllowed: true }];
  expectStatus(await send('PUT', `/${id}/families`, families), 200);
  const concern = {
    text: words('concern'),
    topic: 'meals',
    kind: 'concern',
    families: ['a'],
    language: 'en',
  };
  const { inputId } = expectStatus(await send<{ inputId: string }>('POST', `/${id}/concerns`, concern), 201);
  const message = { inputId, text: words('representativeMessage'), language: 'en' };
  expectStatus(await send('POST', `/${id}/messages`, message), 201);
  expectStatus(await acts.answerCase(inputId, await acts.member('office-012')), 200);
  await eventually(async () => {
    const answers = [{ inputId, answerNo: 1, yes: 0, no: 1, noReply: 0, reason: words('reportReason') }];
    return (await send('POST', `/${id}/reports-back`, { answers, familyRefs: ['a'] })).status === 200;
  }, 'the report back');
}

/** Which of the words stand in it, as they are or in base64 at any of its three alignments. */
function found(where: string, haystack: string, needles: readonly string[]): string[] {
  return needles
    .filter((word) => [word, ...inBase64(word)].some((form) => haystack.includes(form)))
    .map((word) => `${word} in ${where}`);
}

function inBase64(word: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('\0'.repeat(shift) + word).toString('base64');
    // Only the characters that belong to the word alone.
    return encoded.slice(shift === 0 ? 0 : 4, Math.floor(((shift + word.length) * 8) / 6) - 1);
  });
}

describe('what people write', () => {
  beforeAll(async () => {
    await throughIntake();
    await throughStudentVoice();
    await throughFamilyCouncil();
    // Whatever is on its way: events, mails, roll-ups, logs.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }, 90_000);

  it('a finder that finds nothing would pass anything: it finds words as they are and in base64', () => {
    const text = `…${Buffer.from('xy zqword').toString('base64')}…`;
    expect(found('here', text, ['zqword'])).toHaveLength(1);
    expect(found('here', 'a zqword b', ['zqword'])).toHaveLength(1);
    expect(found('here', 'nothing', ['zqword'])).toEqual([]);
  });

  it('is read where it should be: by its team, and in the mail to its originator', async () => {
    const team = await acts.member('transport');
    const { body } = await district.call<{ items: { caseId: string }[] }>('GET', '/api/casework/cases', {
      auth: team,
    });
    const pages = await Promise.all(body.items.map(({ caseId }) => acts.openCase(caseId, team)));
    expect(JSON.stringify(pages)).toContain(planted.find((word) => word.endsWith('disputeReason')));
    expect(planted.length).toBeGreaterThan(25);
  });

  it('stands in no message of any topic, in no header and in no key', async () => {
    const messages = await district.topics.readAll();
    expect(new Set(messages.map(({ topic }) => topic.split('.').at(-1)))).toEqual(
      new Set(['intake', 'student-voice', 'family-council', 'casework', 'roster', 'people', 'keys']),
    );
    expect(messages.length).toBeGreaterThan(30);
    expect(messages.flatMap((one) => found(one.topic, JSON.stringify(one), [...planted, ...codes]))).toEqual(
      [],
    );
  });

  it('stands in no log, whatever is logged', () => {
    const logs = district.logs();
    expect(logs.length).toBeGreaterThan(1_000);
    expect(logs).toContain('"level"');
    expect(found('the logs', logs, [...planted, ...codes])).toEqual([]);
  });

  it('stands in no collection of any database in the clear', async () => {
    const findings: string[] = [];
    let documents = 0;
    for (const db of await district.databases()) {
      for (const { name } of await db.listCollections().toArray()) {
        for await (const document of db.collection(name).find()) {
          documents += 1;
          const where = `${db.databaseName} ${name}`;
          findings.push(...found(where, JSON.stringify(document), [...planted, ...codes]));
        }
      }
    }
    expect(documents).toBeGreaterThan(50);
    expect(findings).toEqual([]);
  });

  it('stands in no mail to a team: topic, due and link are enough to open the case', async () => {
    const mails = [
      ...(await acts.mailsTo('transport@moon.example.org')),
      ...(await acts.mailsTo('office-051@moon.example.org')),
      ...(await acts.mailsTo('office-012@moon.example.org')),
    ];
    expect(mails.length).toBeGreaterThan(3);
    expect(found('the mails to teams', JSON.stringify(mails), [...planted, ...codes])).toEqual([]);
  });
});

describe('erasure', () => {
  let raised: Raised;
  let team: string;
  let caseId: string;
  /** Once every loop that reporting knows is counted. */
  const count = async () => {
    const rows = district.db('reporting').collection('rows');
    await eventually(async () => !(await rows.findOne({ 'index.dirty': true })), 'the roll-ups');
    const auth = await district.token('leader');
    const path = '/api/reporting/closed-loop?org=00417';
    const { body } = await district.call<{ total: { counts: Record<string, number>; voices: number } }>(
      'GET',
      path,
      {
        auth,
      },
    );
    return { raised: body.total.counts['raised'], voices: body.total.voices };
  };

  beforeAll(async () => {
    const contact = { channel: 'email', address: 'gone@families.example.org', textInMessage: false };
    raised = await acts.raise({ anonymous: false, name: 'Ada Quist', contact });
    team = await acts.member('transport');
    ({ caseId } = await acts.findCase(raised.inputId, team));
    expectStatus(await acts.onCase(caseId, 'messages', team, { text: 'Since when?', language: 'en' }), 201);
    expectStatus(await acts.onCase(caseId, 'notes', team, { text: 'Ask the driver.' }), 201);
    expectStatus(await acts.answerCase(raised.inputId, team), 200);
    await acts.arrive('delivered', () => acts.receipt(raised.auth));
  }, 40_000);

  it('takes every word from the team and the receipt, and the count stays', async () => {
    const before = await eventually(async () => {
      const one = await acts.openCase(caseId, team);
      return one.inputs[0]!.text === goodInput.text && one.answers[0]?.text === goodAnswer.text && one;
    }, 'the words at the team');
    expect(before.notes[0]!.text).toBe('Ask the driver.');
    const rows = await district.db('reporting').collection('rows').countDocuments();
    const counted = await eventually(async () => {
      const now = await count();
      return now.raised === rows && now;
    }, 'everything to be counted');
    expectStatus(await acts.onReceipt(raised.auth, 'erase'), 200);
    const after = await eventually(async () => {
      const one = await acts.openCase(caseId, team);
      return one.inputs[0]!.missing === 'text was erased' && one;
    }, 'the words to be gone');
    for (const word of ['Ada Quist', goodInput.text, 'Since when?', 'Ask the driver.', goodAnswer.text])
      expect(JSON.stringify(after)).not.toContain(word);
    expect(after.allowed).toEqual([]);
    const page = await acts.receipt(raised.auth);
    expect([
      page.text,
      ...page.messages.map(({ text }) => text),
      ...page.answers.map(({ text }) => text),
    ]).toEqual(['', '', '']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await count()).toEqual(counted);
    expect((await acts.onReceipt(raised.auth, 'messages', { text: 'Hello?', language: 'en' })).status).toBe(
      409,
    );
  });

  it('leaves no key: not at the origin, not at the team, and a tombstone on the topic of keys', async () => {
    const id = `moon/${raised.inputId}`;
    const origin = await district.db('intake').collection('inputs').findOne({ id: raised.inputId });
    expect(origin).not.toHaveProperty('secret');
    expect(JSON.stringify(origin!['state'])).not.toContain('sealed');
    const ring = await district
      .db('casework')
      .collection('keys')
      .findOne({ _id: id as never });
    expect(ring).toEqual({ _id: id, erased: true });
    const kept = await district.db('casework').collection('cases').findOne({ id: raised.inputId });
    expect(JSON.stringify(kept!['state'])).not.toContain('"sealed":"');
    const keys = (await district.topics.readAll()).filter(
      ({ topic, key }) => topic.endsWith('.keys') && key === id,
    );
    expect(keys.at(-1)).toMatchObject({ value: null });
  });
});
