import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus, goodAnswer } from './acts.js';
import type { Acts } from './acts.js';

let district: District;
let acts: Acts;
/** What the closed-loop report must say at the end: every loop of this file, as its origin left it. */
const loops: { origin: string; org: string; state: string; voices: number }[] = [];
const left = (origin: string, org: string, state: string, voices = 1) =>
  void loops.push({ origin, org, state, voices });

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
}, 150_000);
afterAll(() => district?.close(), 60_000);

describe('intake, one person', () => {
  it('named with e-mail: told the team and the target, answered by mail once, confirmed', async () => {
    const address = `${randomUUID()}@families.example.org`;
    const contact = { channel: 'email', address, textInMessage: true };
    const { inputId, auth } = await acts.raise({ anonymous: false, name: 'Ada Quist', contact });
    const routed = await acts.arrive('routed', () => acts.receipt(auth));
    expect(routed.team?.teamId).toBe('transport');
    expect(routed.participation).toBe('consult');
    expect(routed.targets!.answerBy > routed.targets!.acknowledgeBy).toBe(true);
    const team = await acts.member('transport');
    const found = await acts.findCase(inputId, team);
    expect(found.inputs[0]).toMatchObject({ name: 'Ada Quist', anonymous: false, reachable: true });
    expect((await acts.onCase(found.caseId, 'acknowledge', team)).status).toBe(200);
    await acts.arrive('acknowledged', () => acts.receipt(auth));
    expectStatus(await acts.answerCase(inputId, team), 200);
    const mails = await eventually(async () => {
      const all = await acts.mailsTo(address);
      return all.some(({ text }) => text.includes(goodAnswer.text)) && all;
    }, 'the answer by mail');
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(1);
    await acts.arrive('delivered', () => acts.receipt(auth));
    expect((await acts.onReceipt(auth, 'confirm', { answerNo: 1 })).status).toBe(200);
    expect((await acts.onReceipt(auth, 'confirm', { answerNo: 1 })).status).toBe(200);
    const { answers, state } = await acts.receipt(auth);
    expect(state).toBe('confirmed');
    expect(answers.map(({ answerNo }) => answerNo)).toEqual([1]);
    left('intake', '00417-012', 'confirmed');
  });

  it('anonymous with contact: we can reach them, and no team sees who', async () => {
    const address = `${randomUUID()}@families.example.org`;
    const contact = { channel: 'email', address, textInMessage: false };
    const { inputId, auth } = await acts.raise({ contact });
    const team = await acts.member('transport');
    const found = await acts.findCase(inputId, team);
    expect(found.inputs[0]).toMatchObject({ anonymous: true, reachable: true });
    expect(JSON.stringify(found)).not.toContain(address);
    expect(found.inputs[0]!.name).toBeUndefined();
    expectStatus(await acts.answerCase(inputId, team), 200);
    const [mail] = await eventually(async () => {
      const all = await acts.mailsTo(address);
      return all.length > 0 && all;
    }, 'a mail');
    expect(mail!.text).not.toContain(goodAnswer.text);
    await acts.arrive('delivered', () => acts.receipt(auth));
    left('intake', '00417-012', 'delivered');
  });

  it('anonymous without contact: the receipt alone delivers, and confirms', async () => {
    const { inputId, auth } = await acts.raise({ topic: 'meals', orgId: '00417-033' });
    const team = await acts.member('office-033');
    expect((await acts.findCase(inputId, team)).inputs[0]).toMatchObject({ reachable: false });
    expectStatus(await acts.answerCase(inputId, team, { ...goodAnswer, shapedBy: undefined }), 200);
    await acts.arrive('delivered', () => acts.receipt(auth));
    expectStatus(await acts.onReceipt(auth, 'confirm', { answerNo: 1 }), 200);
    left('intake', '00417-033', 'confirmed');
  });

  it('on behalf of another: the team sees in what capacity and when it was heard, and the loop closes alike', async () => {
    const heardAt = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const onBehalfOf = { relation: 'interpreter', agreed: true, receiptTo: 'me' };
    const staff = await acts.member('office-012');
    const { inputId, auth } = await acts.raise(
      { topic: 'meals', onBehalfOf, heardAt, language: 'es' },
      staff,
    );
    const found = await acts.findCase(inputId, staff);
    expect(found.inputs[0]).toMatchObject({ onBehalfOf: 'interpreter', heardAt });
    expectStatus(await acts.answerCase(inputId, staff), 200);
    await acts.arrive('delivered', () => acts.receipt(auth));
    expectStatus(await acts.onReceipt(auth, 'confirm', { answerNo: 1 }), 200);
    left('intake', '00417-012', 'confirmed');
  });

  it('a dispute reopens the loop, answer 2 replaces answer 1, and only answer 2 can be confirmed', async () => {
    const { inputId, auth } = await acts.raise();
    const team = await acts.member('transport');
    expectStatus(await acts.answerCase(inputId, team), 200);
    await acts.arrive('delivered', () => acts.receipt(auth));
    expectStatus(await acts.onReceipt(auth, 'dispute', { answerNo: 1, reason: 'It was full again.' }), 200);
    const { caseId } = await acts.findCase(inputId, team);
    const reopened = await eventually(async () => {
      const one = await acts.openCase(caseId, team);
      return one.state === 'open' && one;
    }, 'the case to be open again');
    expect(reopened.thread).toContainEqual(expect.objectContaining({ text: 'It was full again.' }));
    const second = { ...goodAnswer, text: 'A third bus runs, too.' };
    expectStatus(await acts.answerCase(inputId, team, second), 200);
    const page = await acts.arrive('delivered', () => acts.receipt(auth));
    expect(page.answers.map(({ answerNo, text }) => `${answerNo} ${text}`)).toEqual([
      `1 ${goodAnswer.text}`,
      `2 ${second.text}`,
    ]);
    const old = await acts.onReceipt(auth, 'confirm', { answerNo: 1 });
    expect(old).toMatchObject({ status: 409, body: { state: 'delivered' } });
    expectStatus(await acts.onReceipt(auth, 'confirm', { answerNo: 2 }), 200);
    left('intake', '00417-012', 'confirmed');
  });

  it('partly settled is a dispute with the rest in words, and the loop is open again', async () => {
    const { inputId, auth } = await acts.raise();
    const team = await acts.member('transport');
    expectStatus(await acts.answerCase(inputId, team), 200);
    await acts.arrive('delivered', () => acts.receipt(auth));
    const reason = 'Mornings are still full.';
    expectStatus(await acts.onReceipt(auth, 'dispute', { answerNo: 1, reason, partly: true }), 200);
    const page = await acts.receipt(auth);
    expect(page.state).toBe('disputed');
    expect(page.timeline.map(({ what }) => what)).toContain('partly settled');
    left('intake', '00417-012', 'disputed');
  });

  it('withdrawn is closed, and everything that comes late is 409 naming the state and what is allowed', async () => {
    const { inputId, auth } = await acts.raise();
    const team = await acts.member('transport');
    const { caseId } = await acts.findCase(inputId, team);
    expectStatus(await acts.onReceipt(auth, 'withdraw', { why: 'We have moved.' }), 200);
    const late = [
      await acts.onReceipt(auth, 'withdraw'),
      await acts.onReceipt(auth, 'messages', { text: 'Still there?', language: 'en' }),
      await acts.onReceipt(auth, 'confirm', { answerNo: 1 }),
      await acts.onReceipt(auth, 'dispute', { answerNo: 1, reason: 'No.' }),
    ];
    for (const reply of late) {
      expect(reply.status).toBe(409);
      expect(reply.body).toMatchObject({ state: 'withdrawn', allowed: expect.any(Array) });
    }
    await eventually(async () => (await acts.openCase(caseId, team)).state === 'closed', 'a closed case');
    const answered = await acts.answerCase(inputId, team);
    expect(answered).toMatchObject({ status: 409, body: { state: 'withdrawn', allowed: ['note'] } });
    expect((await acts.onCase(caseId, 'acknowledge', team)).status).toBe(409);
    left('intake', '00417-012', 'withdrawn');
  });

  it('delivered cannot be withdrawn any more: 409 names delivered', async () => {
    const { inputId, auth } = await acts.raise({ orgId: '00417-051', topic: 'meals' });
    expectStatus(await acts.answerCase(inputId, await acts.member('office-051')), 200);
    await acts.arrive('delivered', () => acts.receipt(auth));
    const reply = await acts.onReceipt(auth, 'withdraw');
    expect(reply).toMatchObject({ status: 409, body: { state: 'delivered' } });
    expect(reply.body['allowed']).toEqual(expect.arrayContaining(['confirm', 'dispute', 'message']));
    left('intake', '00417-051', 'delivered');
  });

  it('at consult or above an answer without shapedBy is 422, and nothing is told to the originator', async () => {
    const { inputId, auth } = await acts.raise();
    const team = await acts.member('transport');
    const refused = await acts.answerCase(inputId, team, { ...goodAnswer, shapedBy: undefined });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ errors: [{ field: 'shapedBy', rule: 'owed-at-consult-or-above' }] });
    const { version, answers } = await acts.findCase(inputId, team);
    expect({ version, answers }).toEqual({ version: expect.any(Number), answers: [] });
    const page = await acts.receipt(auth);
    expect(page.answers).toEqual([]);
    expect(page.state).toBe('routed');
    left('intake', '00417-012', 'routed');
  });

  it('notSeenBy school goes a level up; the school can neither open, find nor count it', async () => {
    const school = await acts.member('office-012');
    const principal = await district.token('leader', { org: '00417-012' });
    const raised = async (auth: string) => {
      const { body } = await district.call<{ total: { counts: { raised: number } } }>(
        'GET',
        '/api/reporting/closed-loop?org=00417-012',
        { auth },
      );
      return body.total.counts.raised;
    };
    const { inputId, auth } = await acts.raise({ topic: 'belonging', notSeenBy: 'school' });
    const { team } = await acts.arrive('routed', () => acts.receipt(auth));
    expect(team?.teamId).toBe('family-partnerships');
    const { caseId } = await acts.findCase(inputId, await acts.member('family-partnerships'));
    expect((await district.call('GET', `/api/casework/cases/${caseId}`, { auth: school })).status).toBe(404);
    const note = await acts.onCase(caseId, 'notes', school, { text: 'Who was it?' });
    expect(note.status).toBe(404);
    for (const query of ['', `?inputId=${inputId}`, '?state=open&limit=200']) {
      const { body } = await district.call<{ items: { inputId: string }[] }>(
        'GET',
        `/api/casework/cases${query}`,
        { auth: school },
      );
      expect(body.items.map((one) => one.inputId)).not.toContain(inputId);
    }
    const leader = await district.token('leader');
    const trace = (as: string) => district.call('GET', `/api/reporting/loops/${inputId}`, { auth: as });
    await eventually(async () => (await trace(leader)).status === 200, 'the row in the ledger');
    expect((await trace(principal)).status).toBe(404);
    left('intake', '00417-012', 'routed');
    const all = loops.filter(({ org }) => org === '00417-012').length;
    await eventually(async () => (await raised(leader)) === all, `${all} loops counted from above`);
    expect(await raised(principal)).toBe(all - 1);
  });

  it('messages go both ways, and a note of the team goes to nobody', async () => {
    const { inputId, auth } = await acts.raise({ orgId: '00417-033', topic: 'facilities' });
    const { team: held } = await acts.arrive('routed', () => acts.receipt(auth));
    const team = await acts.member(held!.teamId);
    const { caseId } = await acts.findCase(inputId, team);
    expectStatus(
      await acts.onReceipt(auth, 'messages', { text: 'It is the east door.', language: 'en' }),
      201,
    );
    await eventually(async () => (await acts.openCase(caseId, team)).thread.length === 1, 'the message');
    const asked = { text: 'Since when?', language: 'en', waitForReply: true };
    expectStatus(await acts.onCase(caseId, 'messages', team, asked), 201);
    expectStatus(await acts.onCase(caseId, 'notes', team, { text: 'Third time this year.' }), 201);
    const page = await eventually(async () => {
      const one = await acts.receipt(auth);
      return one.messages.length === 2 && one;
    }, 'both messages on the receipt page');
    expect(page.messages.map(({ from, text }) => `${from}: ${text}`).sort()).toEqual([
      'originator: It is the east door.',
      'team: Since when?',
    ]);
    expect(JSON.stringify(page)).not.toContain('Third time');
    await eventually(async () => (await acts.openCase(caseId, team)).state === 'waiting', 'waiting');
    expectStatus(await acts.onReceipt(auth, 'messages', { text: 'Since May.', language: 'en' }), 201);
    const resumed = await eventually(async () => {
      const one = await acts.openCase(caseId, team);
      return one.state === 'open' && one.thread.length === 3 && one;
    }, 'the case to go on');
    expect(resumed.thread.map(({ text }) => text)).toContain('Since May.');
    left('intake', '00417-033', 'acknowledged');
  });
});

describe('student-voice, a session', () => {
  interface Theme {
    inputId: string;
    state: string;
    voices: number;
    answers: { answerNo: number }[];
  }
  const open = async (people: number) => {
    const auth = await district.token('adviser');
    const opened = await district.call<{ sessionId: string }>('POST', '/api/student-voice/sessions', {
      auth,
      key: randomUUID(),
      body: {
        orgId: '00417-051',
        title: 'Breaks',
        questions: ['What is missing?'],
        opensAt: new Date(Date.now() - 60_000).toISOString(),
        closesAt: new Date(Date.now() + 3_600_000).toISOString(),
        anonymous: true,
      },
    });
    const session = `/api/student-voice/sessions/${expectStatus(opened, 201).sessionId}`;
    const issued = await district.call<{ codes: string[] }>('POST', `${session}/codes`, {
      auth,
      key: randomUUID(),
      body: { count: people },
    });
    const { codes } = expectStatus(issued, 201);
    const respond = (code: string, answer: string) =>
      district.call<{ responseId: string }>('POST', `${session}/responses`, {
        auth: `Session ${code}`,
        key: randomUUID(),
        body: { answers: [answer] },
      });
    const responseIds: string[] = [];
    for (const code of codes) responseIds.push(expectStatus(await respond(code, 'Shade.'), 201).responseId);
    const body = { title: 'Shade', text: 'There is no shade.', topic: 'belonging', responseIds };
    const raised = await district.call<{ inputId: string }>('POST', `${session}/themes`, {
      auth,
      key: randomUUID(),
      body,
    });
    const { inputId } = expectStatus(raised, 201);
    const theme = async () => {
      const { body: shown } = await district.call<{ themes: Theme[] }>('GET', session, { auth });
      return shown.themes.find((one) => one.inputId === inputId);
    };
    const close = (numbers: Record<string, unknown>) =>
      district.call('POST', `${session}/closure`, { auth, key: randomUUID(), body: { inputId, ...numbers } });
    const result = (code: string) =>
      district.call<{ themes: { text: string; answers: unknown[] }[]; whatChanged: string[] }>(
        'GET',
        `${session}/result`,
        { auth: `Session ${code}` },
      );
    return { codes, respond, inputId, theme, close, result };
  };

  it('a code answers once, the theme carries the voices, and the group confirms in numbers that add up', async () => {
    const { codes, respond, inputId, theme, close, result } = await open(4);
    expect(await respond(codes[0]!, 'Again.')).toMatchObject({ status: 409, body: { allowed: ['result'] } });
    expect(await theme()).toMatchObject({ voices: 4 });
    const team = await acts.member('office-051');
    expect((await acts.findCase(inputId, team)).inputs[0]).toMatchObject({
      voices: 4,
      text: expect.any(String),
    });
    expectStatus(await acts.answerCase(inputId, team), 200);
    await acts.arrive('answered', theme);
    const none = await close({ answerNo: 2, yes: 4, no: 0, noReply: 0 });
    expect(none).toMatchObject({ status: 422, body: { errors: [{ field: 'answerNo' }] } });
    const seen = expectStatus(await result(codes[1]!), 200);
    expect(seen.themes[0]!.answers).toHaveLength(1);
    expect(seen.whatChanged).toEqual([expect.stringContaining(goodAnswer.shapedBy)]);
    await acts.arrive('delivered', theme);
    const wrong = await close({ answerNo: 1, yes: 4, no: 1, noReply: 0 });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'noReply' }] } });
    expectStatus(await close({ answerNo: 1, yes: 3, no: 0, noReply: 1 }), 200);
    expect((await theme())!.state).toBe('confirmed');
    left('student-voice', '00417-051', 'confirmed', 4);
  });

  it('as many no as yes is a dispute, and the minority’s words reach the team', async () => {
    const { codes, inputId, theme, close, result } = await open(2);
    const team = await acts.member('office-051');
    expectStatus(await acts.answerCase(inputId, team), 200);
    await acts.arrive('answered', theme);
    expectStatus(await result(codes[0]!), 200);
    expectStatus(await close({ answerNo: 1, yes: 1, no: 1, noReply: 0, reason: 'Only one tree.' }), 200);
    expect((await theme())!.state).toBe('disputed');
    const { caseId } = await acts.findCase(inputId, team);
    await eventually(async () => {
      const { thread } = await acts.openCase(caseId, team);
      return thread.some(({ text }) => text === 'Only one tree.');
    }, 'the words of the minority');
    left('student-voice', '00417-051', 'disputed', 2);
  });
});

it('family-council: nothing is delivered before the report back, in numbers that add up; coverage both ways', async () => {
  const auth = await district.token('representative');
  const post = <T>(path: string, body: unknown) =>
    district.call<T>('POST', `/api/family-council/rounds${path}`, { auth, key: randomUUID(), body });
  const opened = await post<{ roundId: string }>('', {
    orgId: '00417-012',
    title: 'Reading',
    brief: 'What would help?',
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const id = expectStatus(opened, 201).roundId;
  const families = ['a', 'b', 'c'];
  const list = families.map((familyRef) => ({ familyRef, language: 'en', contactAllowed: true }));
  const put = await district.call('PUT', `/api/family-council/rounds/${id}/families`, { auth, body: list });
  expect(put.status).toBe(200);
  const at = new Date(Date.now() - 1_000).toISOString();
  for (const familyRef of ['a', 'b'])
    expectStatus(await post(`/${id}/contacts`, { familyRef, how: 'phone', result: 'reached', at }), 201);
  const carried = await post<{ inputId: string }>(`/${id}/concerns`, {
    text: 'Books in Spanish.',
    topic: 'learning',
    kind: 'idea',
    families: ['a', 'b'],
    language: 'en',
  });
  const { inputId } = expectStatus(carried, 201);
  const round = async () => {
    const { body } = await district.call<{
      concerns: { inputId: string; state: string; reportBackBy?: string; answers: unknown[] }[];
      coverage: unknown;
    }>('GET', `/api/family-council/rounds/${id}`, { auth });
    return body;
  };
  const concern = async () => (await round()).concerns.find((one) => one.inputId === inputId);
  expect((await round()).coverage).toEqual({ families: 3, contacted: 2, reportedBack: 0 });
  expectStatus(await acts.answerCase(inputId, await acts.member('office-012')), 200);
  const answered = await acts.arrive('answered', concern);
  expect(answered.answers).toHaveLength(1);
  await eventually(async () => (await concern())!.reportBackBy !== undefined, 'a target to report back');
  // Reading it, however often, brings it to nobody.
  expect((await concern())!.state).toBe('answered');
  const back = (yes: number, no: number, noReply: number, familyRefs = ['a', 'b']) =>
    post<{ coverage: unknown }>(`/${id}/reports-back`, {
      answers: [{ inputId, answerNo: 1, yes, no, noReply }],
      familyRefs,
    });
  const wrong = await back(3, 0, 0);
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'answers.0.noReply' }] } });
  expect((await concern())!.state).toBe('answered');
  expect((await round()).coverage).toEqual({ families: 3, contacted: 2, reportedBack: 0 });
  expectStatus(await back(2, 0, 0), 200);
  expect((await concern())!.state).toBe('confirmed');
  expect((await round()).coverage).toEqual({ families: 3, contacted: 2, reportedBack: 2 });
  left('family-council', '00417-012', 'confirmed', 2);
});

it('the closed-loop report agrees with every origin: counts by state and voices, by origin and by organisation', async () => {
  interface Cell {
    key: string;
    counts: Record<string, number>;
    voices: number;
  }
  const auth = await district.token('leader');
  const report = async (by: string) => {
    const path = `/api/reporting/closed-loop?org=00417&by=${by}`;
    return (await district.call<{ total: Cell; groups: Cell[] }>('GET', path, { auth })).body;
  };
  const states = [...new Set(loops.map(({ state }) => state))];
  const tally = (of: typeof loops) => ({
    raised: of.length,
    voices: of.reduce((sum, { voices }) => sum + voices, 0),
    ...Object.fromEntries(states.map((state) => [state, of.filter((one) => one.state === state).length])),
  });
  const told = ({ counts, voices }: Cell) => ({
    raised: counts['raised'],
    voices,
    ...Object.fromEntries(states.map((state) => [state, counts[state]])),
  });
  await eventually(async () => {
    const { total } = await report('origin');
    return JSON.stringify(told(total)) === JSON.stringify(tally(loops));
  }, 'the total to agree').catch(async () =>
    expect(told((await report('origin')).total)).toEqual(tally(loops)),
  );
  for (const by of ['origin', 'org'] as const) {
    const { groups } = await report(by);
    for (const group of groups)
      expect({ [group.key]: told(group) }).toEqual({
        [group.key]: tally(loops.filter((loop) => loop[by] === group.key)),
      });
  }
  expect(loops).toHaveLength(14);
});
