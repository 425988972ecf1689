// npm run demo [-- --json]
// Walks one input of each origin from raised to confirmed over the public API, printing each hop as it happens,
// and holds the closed-loop report and the mail catcher against it. Exits non-zero when a loop does not close.
import { parseArgs } from 'node:util';
import { call, gateway, until } from './api.mjs';
import { mintToken } from './token.mjs';
import { familyCouncilWalk, intakeWalk, studentVoiceWalk } from './walks.mjs';

const mailbox = `http://127.0.0.1:${process.env.HEARBACK_PORT_MAILBOX || 8091}`;
const DAY = 24 * 60 * 60 * 1_000;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const started = Date.now();
let current = { loop: 'start', at: 'the gateway' };

/** One walk: remembers where it is, for the message when it gets stuck, and tells each hop. */
function walkOf(loop) {
  const since = Date.now();
  const walk = {
    loop,
    at: 'raised',
    inputId: undefined,
    hop(hop, who, what, state) {
      tell({ loop, hop, ms: Date.now() - since, who, what, ...(state && { state }), inputId: walk.inputId });
    },
  };
  current = walk;
  return walk;
}

function tell(line) {
  if (values.json) return console.log(JSON.stringify(line));
  const { loop, hop, ms, who, what, state } = line;
  const end = state ? `  [${state}]` : '';
  console.log(`${loop.padEnd(15)}${hop.padEnd(13)}${`${ms} ms`.padStart(9)}  ${who} ${what}${end}`);
}

async function main() {
  const leader = `Bearer ${await mintToken({ as: 'leader' })}`;
  await call('GET', '/health/ready');
  const before = await confirmedByOrigin(leader);

  const walks = { intake: walkOf('intake') };
  const mail = await intakeWalk(walks.intake);
  walks['student-voice'] = walkOf('student-voice');
  await studentVoiceWalk(walks['student-voice']);
  walks['family-council'] = walkOf('family-council');
  await familyCouncilWalk(walks['family-council']);

  await checkMail(mail);
  await checkReport(leader, before, walks);
  if (!values.json) console.log(`\nThree loops closed in ${Date.now() - started} ms, at ${gateway}.`);
}

/** Raised and confirmed loops of yesterday to tomorrow, by origin: `{intake: {raised, confirmed}, …}`. */
async function confirmedByOrigin(auth) {
  const date = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  const query = new URLSearchParams({ org: '00417', from: date(-2), to: date(2), by: 'origin' });
  const { body } = await call('GET', `/api/reporting/closed-loop?${query}`, { auth });
  return Object.fromEntries(
    (body.groups ?? []).map(({ key, counts = {} }) => [
      key,
      { raised: counts.raised ?? 0, confirmed: counts.confirmed ?? 0 },
    ]),
  );
}

/** The ledger shows each loop as confirmed, and the report counts each once more than before. */
async function checkReport(auth, before, walks) {
  current = { loop: 'report', at: 'the ledger' };
  const since = Date.now();
  for (const { inputId } of Object.values(walks)) {
    await until(`the ledger to show ${inputId} as confirmed`, async (seen) => {
      const { body } = await call('GET', `/api/reporting/loops/${inputId}`, { auth });
      seen.last = body.state;
      return body.state === 'confirmed' ? true : undefined;
    });
  }
  current.at = 'the closed-loop report';
  const grown = await until('the report to count three more confirmed loops', async (seen) => {
    const after = await confirmedByOrigin(auth);
    const more = Object.keys(walks).map((origin) => ({
      origin,
      raised: (after[origin]?.raised ?? 0) - (before[origin]?.raised ?? 0),
      confirmed: (after[origin]?.confirmed ?? 0) - (before[origin]?.confirmed ?? 0),
    }));
    seen.last = more.map(({ origin, confirmed }) => `${origin} +${confirmed}`).join(', ');
    return more.every(({ confirmed }) => confirmed >= 1) ? more : undefined;
  });
  const what = grown.map(({ origin, confirmed }) => `${origin} +${confirmed}`).join(', ');
  const line = { loop: 'report', hop: 'counted', ms: Date.now() - since, who: 'the closed-loop report' };
  tell({ ...line, what: `counts them as confirmed: ${what}`, ...(values.json && { grown }) });
}

/** A repeat of a mail has the same Message-ID: however many came, the originator got the answer once. */
async function checkMail({ address, answerText }) {
  current = { loop: 'mail', at: 'the answer' };
  const since = Date.now();
  const mails = await until(`the answer in the mail to ${address}`, async (seen) => {
    const { body } = await call('GET', `${mailbox}/api/mails?to=${encodeURIComponent(address)}`);
    seen.last = `${body.items.length} mails: ${body.items.map(({ subject }) => subject).join(', ')}`;
    return body.items.some(({ text }) => withoutBreaks(text).includes(answerText)) ? body.items : undefined;
  });
  const answers = mails.filter(({ text }) => withoutBreaks(text).includes(answerText));
  const distinct = new Set(answers.map(({ messageId }) => messageId)).size;
  if (distinct !== 1) throw new Error(`the answer came in ${distinct} mails with different Message-IDs`);
  const line = { loop: 'mail', hop: 'received', ms: Date.now() - since, who: 'the family' };
  const all = new Set(mails.map(({ messageId }) => messageId)).size;
  tell({
    ...line,
    what: `has the answer by e-mail once (${all} distinct mails in all)`,
    ...(values.json && { all, distinct }),
  });
}

const withoutBreaks = (text) => text.replace(/\s+/g, ' ');

main().catch((error) => {
  console.error(`demo: stuck in ${current.loop} at ${current.at}: ${error.message}`);
  process.exit(1);
});
