import { SMTPServer } from 'smtp-server';
import type { AnswerWords } from '#contracts';
import { seal, unwrap } from '#messaging';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { Answer, RunningService, Stack } from '#testing';
import { IntakeModule } from '../intake.module.js';
import { InputStore } from './input.store.js';

const moon = trustedDistrict('moon');

export interface Raised {
  inputId: string;
  receipt: string;
  statusUrl: string;
}
export interface View {
  state: string;
  text: string;
  allowed: string[];
  team?: { name: string };
  answers: { answerNo: number; text: string }[];
  messages: { from: string; text: string }[];
  timeline: { what: string }[];
}
export interface Wrong {
  detail: string;
  state?: string;
  allowed?: string[];
  errors?: { field: string; rule: string }[];
}

export const good = {
  orgId: 'school-1',
  topic: 'transport',
  kind: 'concern',
  text: 'The bus leaves before the last lesson ends.',
  role: 'family',
  language: 'en',
  anonymous: false,
};

export interface Mail {
  to: string;
  raw: string;
}

/** What the mail server does with what it is given: takes it, asks to come back later, or knows nobody@. */
export interface MailServer {
  busy: boolean;
  knowsNobody: boolean;
}

/** Intake on the real engines, with two districts' organisations, and a mail server that does not know nobody@. */
export interface RunningIntake {
  mailServer: MailServer;
  stack: Stack;
  intake: RunningService;
  mails: Mail[];
  raise(body: unknown, headers?: Record<string, string>): Promise<Answer<Raised & Wrong>>;
  /** Raises a good input with these facts, which must be taken. */
  raised(facts?: object): Promise<Raised>;
  /** A call of the receipt's holder. */
  mine(
    receipt: string,
    method: string,
    what?: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<View & Wrong>>;
  /** How many inputs are stored. */
  stored(): Promise<number>;
  close(): Promise<void>;
}

export async function runningIntake(): Promise<RunningIntake> {
  const mails: Mail[] = [];
  const mailServer: MailServer = { busy: false, knowsNobody: false };
  const smtp = await runningMailServer(mails, mailServer);
  const stack = await realStack();
  const intake = await stack.service(IntakeModule, 'intake');
  const inputs = intake.app.get(InputStore, { strict: false });
  const raise: RunningIntake['raise'] = (body, headers = {}) =>
    intake.call('POST', '/api/intake/inputs', { body, headers });
  const at = new Date().toISOString();
  const org = { type: 'org.changed' as const, level: 'school' as const, at };
  await stack.publish('roster', 'moon', { ...org, orgId: 'school-1', name: 'Phobos', active: true });
  await stack.publish('roster', 'moon', { ...org, orgId: 'school-2', name: 'Closed', active: false });
  await stack.publish('roster', 'mars', { ...org, orgId: 'school-1', name: 'Olympus', active: true });
  const closed = { ...good, orgId: 'school-2' };
  const there = { 'x-forwarded-host': 'mars.test' };
  await eventually(async () => {
    const known = [await raise(good), await raise(good, there)].every(({ status }) => status === 201);
    return known && (await raise(closed)).body.errors?.[0]?.rule === 'active-organisation';
  }, 'knowing the organisations');
  return {
    stack,
    intake,
    mails,
    mailServer,
    raise,
    raised: async (facts = {}) => {
      const { status, body } = await raise({ ...good, ...facts });
      if (status !== 201) throw new Error(`not raised: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    mine: (receipt, method, what = '', body, headers = {}) =>
      intake.call(method, `/api/intake/receipts/me${what}`, {
        authorization: `Receipt ${receipt}`,
        headers,
        ...(body !== undefined && { body }),
      }),
    stored: async () => (await inputs.count(moon)) + (await inputs.count(trustedDistrict('mars'))),
    close: async () => {
      await stack.close();
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    },
  };
}

async function runningMailServer(mails: Mail[], server: MailServer): Promise<SMTPServer> {
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) => {
      const unknown = Object.assign(new Error('no such person'), { responseCode: 550 });
      const busy = Object.assign(new Error('come back later'), { responseCode: 451 });
      if (server.busy) done(busy);
      else done(address.startsWith('nobody') && !server.knowsNobody ? unknown : null);
    },
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
  // Read when the service starts, in this same process.
  process.env['HEARBACK_SMTP'] = `smtp://127.0.0.1:${(smtp.server.address() as { port: number }).port}`;
  return smtp;
}

/** Plays the team: routed, then answered, sealed with the input's own key as casework would. */
export async function answer(
  { stack, intake }: RunningIntake,
  inputId: string,
  answerNo = 1,
  text = 'Two buses run now.',
): Promise<void> {
  const inputs = intake.app.get(InputStore, { strict: false });
  const { secret = '' } = (await inputs.load(moon, inputId)) ?? {};
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
    sealed: seal(unwrap(secret), words),
  });
  await eventually(async () => {
    const now = await inputs.load(moon, inputId);
    return (now?.state.loop.answers.length ?? 0) >= answerNo;
  }, `answer ${answerNo}`);
}
