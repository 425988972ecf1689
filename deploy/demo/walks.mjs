// One input of each origin from raised to confirmed, as the people concerned would do it. Each walk tells its
// hops through `walk.hop(name, who, what, state)` and keeps its inputId in `walk.inputId`.
import { randomUUID } from 'node:crypto';
import { call } from './api.mjs';
import { arrive, bearer, reached, step, teamAnswers } from './steps.mjs';

const MINUTE = 60_000;
const ago = (milliseconds) => new Date(Date.now() - milliseconds).toISOString();

/** A family at Phobos Elementary School speaks up, follows the receipt, and says that it is settled. */
export async function intakeWalk(walk) {
  const address = `family-${randomUUID().slice(0, 8)}@families.example.org`;
  walk.at = 'raised';
  const { body: raised } = await call('POST', '/api/intake/inputs', {
    key: randomUUID(),
    body: {
      orgId: '00417-012',
      topic: 'transport',
      kind: 'concern',
      text: 'The 15:10 bus is so full that the youngest children stand in the aisle.',
      role: 'family',
      language: 'en',
      anonymous: true,
      contact: { channel: 'email', address, textInMessage: true },
    },
  });
  walk.inputId = raised.inputId;
  walk.hop('raised', 'a family', 'spoke up about the 15:10 bus, and holds a receipt', 'raised');

  const auth = `Receipt ${raised.receipt}`;
  const receipt = async () => (await call('GET', '/api/intake/receipts/me', { auth })).body;
  const answer = {
    outcome: 'done',
    text: 'From Monday the 15:10 bus runs in two, so that every child has a seat.',
    language: 'en',
    shapedBy: 'You told us that the youngest stand. We counted for a week, and that decided it.',
  };
  const settled = await teamAnswers(walk, receipt, { topic: 'transport', teamId: 'transport' }, answer);

  walk.hop('delivered', 'the family', 'read the answer on the receipt page', settled.state);
  walk.at = 'confirmed';
  const { answerNo } = settled.answers.at(-1);
  await step('POST', '/api/intake/receipts/me/confirm', { auth, body: { answerNo } }, async () =>
    reached((await receipt()).state, 'confirmed'),
  );
  const closed = await arrive(walk, 'confirmed', receipt);
  walk.hop('confirmed', 'the family', 'said: yes, this settled it', closed.state);
  return { address, answerText: answer.text };
}

/** Students of Io High School answer a session; what they say together is raised as one theme. */
export async function studentVoiceWalk(walk) {
  const auth = await bearer({ as: 'adviser' });
  walk.at = 'session';
  const { body: opened } = await call('POST', '/api/student-voice/sessions', {
    auth,
    key: randomUUID(),
    body: {
      orgId: '00417-051',
      title: 'Being new at Io High School',
      questions: ['What would have helped you in your first weeks?'],
      opensAt: ago(MINUTE),
      closesAt: ago(-60 * MINUTE),
      anonymous: true,
    },
  });
  const session = `/api/student-voice/sessions/${opened.sessionId}`;
  const { body: issued } = await call('POST', `${session}/codes`, {
    auth,
    key: randomUUID(),
    body: { count: 3 },
  });
  const said = [
    'Somebody to eat with.',
    'A map, and someone who knows it.',
    'Someone to ask who is not a teacher.',
  ];
  const responseIds = [];
  for (const [index, text] of said.entries()) {
    const { body } = await call('POST', `${session}/responses`, {
      auth: `Session ${issued.codes[index]}`,
      key: randomUUID(),
      body: { answers: [text] },
    });
    responseIds.push(body.responseId);
  }
  walk.hop('session', 'three students', 'answered a listening session, each with a one-time code');

  walk.at = 'raised';
  const { body: raised } = await call('POST', `${session}/themes`, {
    auth,
    key: randomUUID(),
    body: {
      title: 'A companion for the first weeks',
      text: 'New students ask for somebody of their own age at their side in the first weeks.',
      topic: 'belonging',
      responseIds,
    },
  });
  walk.inputId = raised.inputId;
  walk.hop('raised', 'their adviser', 'raised a theme that stands for three voices', 'raised');

  const theme = async () =>
    (await call('GET', session, { auth })).body.themes?.find((one) => one.inputId === raised.inputId);
  await teamAnswers(
    walk,
    theme,
    { topic: 'belonging', teamId: 'office-051' },
    {
      outcome: 'done',
      text: 'Every new student now has a companion from the year above for the first six weeks.',
      language: 'en',
      shapedBy: 'You asked for someone who is not a teacher, so the student council chooses the companions.',
    },
    async () => void (await call('GET', `${session}/result`, { auth: `Session ${issued.codes[0]}` })),
  );
  const answered = await theme();
  walk.hop('delivered', 'a student', 'read the answer in the session’s result', answered.state);

  walk.at = 'confirmed';
  const { answerNo } = answered.answers.at(-1);
  const body = { inputId: raised.inputId, answerNo, yes: 2, no: 0, noReply: 1 };
  await step('POST', `${session}/closure`, { auth, body }, async () =>
    reached((await theme()).state, 'confirmed'),
  );
  const closed = await arrive(walk, 'confirmed', theme);
  walk.hop('confirmed', 'the group', 'said: two yes, none no, one without a reply', closed.state);
}

/** A representative asks the families of Phobos Elementary School, carries a concern, and reports back. */
export async function familyCouncilWalk(walk) {
  const auth = await bearer({ as: 'representative' });
  walk.at = 'round';
  const { body: opened } = await call('POST', '/api/family-council/rounds', {
    auth,
    key: randomUUID(),
    body: {
      orgId: '00417-012',
      title: 'Reading at home',
      brief: 'What would make reading together at home easier?',
      opensAt: ago(60 * MINUTE),
      closesAt: ago(-24 * 60 * MINUTE),
    },
  });
  const round = `/api/family-council/rounds/${opened.roundId}`;
  const families = ['family-1', 'family-2', 'family-3'];
  await call('PUT', `${round}/families`, {
    auth,
    body: families.map((familyRef, index) => ({
      familyRef,
      language: index === 1 ? 'es' : 'en',
      contactAllowed: true,
    })),
  });
  const at = ago(MINUTE);
  for (const familyRef of families) {
    const body = { familyRef, how: 'phone', result: 'reached', at };
    await call('POST', `${round}/contacts`, { auth, key: randomUUID(), body });
  }
  walk.hop('round', 'a representative', 'reached three families and asked them');

  walk.at = 'raised';
  const { body: raised } = await call('POST', `${round}/concerns`, {
    auth,
    key: randomUUID(),
    body: {
      text: 'Families would read with their children in Spanish if the school lent them books for it.',
      topic: 'learning',
      kind: 'idea',
      families,
      language: 'en',
    },
  });
  walk.inputId = raised.inputId;
  walk.hop('raised', 'the representative', 'carried their idea to the school', 'raised');

  const concern = async () =>
    (await call('GET', round, { auth })).body.concerns?.find((one) => one.inputId === raised.inputId);
  const answered = await teamAnswers(
    walk,
    concern,
    { topic: 'learning', teamId: 'office-012' },
    {
      outcome: 'done',
      text: 'The library lends a bag of six Spanish books to every family that asks, from today.',
      language: 'en',
      shapedBy: 'We had planned a list of titles. You asked for the books themselves.',
    },
    // Only the representative brings this answer to those it is owed; nothing delivers it before.
    'reported back',
  );

  walk.at = 'delivered';
  const { answerNo } = answered.answers.at(-1);
  const answers = [{ inputId: raised.inputId, answerNo, yes: 3, no: 0, noReply: 0 }];
  const body = { answers, familyRefs: families };
  await step('POST', `${round}/reports-back`, { auth, body }, async () =>
    reached((await concern()).state, 'confirmed'),
  );
  walk.hop('delivered', 'the representative', 'reported back to all three families', 'delivered');
  const closed = await arrive(walk, 'confirmed', concern);
  const { body: after } = await call('GET', round, { auth });
  const { families: all, contacted, reportedBack } = after.coverage ?? {};
  if (all !== 3 || contacted !== 3 || reportedBack !== 3) {
    throw new Error(
      `the round should cover 3 of 3 families both ways, not ${JSON.stringify(after.coverage)}`,
    );
  }
  walk.hop('confirmed', 'the families', 'said yes, all three; coverage is 3 of 3 both ways', closed.state);
}
