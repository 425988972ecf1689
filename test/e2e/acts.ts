import { randomUUID } from 'node:crypto';
import { eventually } from '#testing';
import type { District, Reply } from '#testing';

/** What the receipt page shows, as far as tests look at it. */
export interface ReceiptPage {
  inputId: string;
  state: string;
  team?: { teamId: string; name: string };
  targets?: { acknowledgeBy: string; answerBy: string };
  participation?: string;
  text: string;
  timeline: { what: string; detail?: string }[];
  messages: { from: string; text: string }[];
  answers: { answerNo: number; outcome: string; text: string; shapedBy?: string }[];
  allowed: string[];
}

/** One case as its team sees it. */
export interface CasePage {
  caseId: string;
  inputId: string;
  state: string;
  teamId: string;
  orgId: string;
  inputs: {
    inputId: string;
    text?: string;
    missing?: string;
    name?: string;
    anonymous: boolean;
    reachable: boolean;
    onBehalfOf?: string;
    heardAt?: string;
    state: string;
    voices: number;
  }[];
  thread: { from: string; what: string; text?: string }[];
  notes: { text?: string }[];
  answers: { answerNo: number; text?: string }[];
  allowed: string[];
  version: number;
}

export interface Raised {
  inputId: string;
  receipt: string;
  statusUrl: string;
  /** The Authorization header of its receipt. */
  auth: string;
}

export interface Mail {
  messageId: string;
  subject: string;
  text: string;
}

/** A good input; tests say what is different about theirs. */
export const goodInput = {
  orgId: '00417-012',
  topic: 'transport',
  kind: 'concern',
  text: 'The 15:10 bus is so full that the youngest children stand.',
  role: 'family',
  language: 'en',
  anonymous: true,
};

/** A good answer for any topic: it says how the input shaped it. */
export const goodAnswer = {
  outcome: 'done',
  text: 'The 15:10 bus runs in two from Monday.',
  language: 'en',
  shapedBy: 'You told us who has to stand.',
};

/** What people do over the public API, each as one call of these. */
export function actsIn(district: District) {
  const { call } = district;
  const raise = async (changes: Record<string, unknown> = {}, auth?: string): Promise<Raised> => {
    const body = { ...goodInput, ...changes };
    const reply = await call<Omit<Raised, 'auth'>>('POST', '/api/intake/inputs', {
      body,
      key: randomUUID(),
      ...(auth && { auth }),
    });
    expectStatus(reply, 201);
    return { ...reply.body, auth: `Receipt ${reply.body.receipt}` };
  };
  const receipt = async (auth: string): Promise<ReceiptPage> => {
    const reply = await call<ReceiptPage>('GET', '/api/intake/receipts/me', { auth });
    return expectStatus(reply, 200);
  };
  const onReceipt = (auth: string, what: string, body: unknown = {}, key: string = randomUUID()) =>
    call('POST', `/api/intake/receipts/me/${what}`, { auth, body, key });
  const member = (team: string) => district.token('member', { team });
  const findCase = async (inputId: string, auth: string): Promise<CasePage> => {
    const { caseId } = await eventually(async () => {
      const { body } = await call<{ items: { caseId: string }[] }>(
        'GET',
        `/api/casework/cases?inputId=${inputId}`,
        { auth },
      );
      if (body.items.length > 1) throw new Error(`${body.items.length} cases of one input`);
      return body.items[0];
    }, `a case of ${inputId}`);
    return openCase(caseId, auth);
  };
  const openCase = async (caseId: string, auth: string): Promise<CasePage> =>
    expectStatus(await call<CasePage>('GET', `/api/casework/cases/${caseId}`, { auth }), 200);
  /** As the team, once the key of the words is there. */
  const onCase = (caseId: string, what: string, auth: string, body: unknown = {}, ifMatch?: string) =>
    patient(() =>
      call('POST', `/api/casework/cases/${caseId}/${what}`, {
        auth,
        body,
        key: randomUUID(),
        ...(ifMatch && { ifMatch }),
      }),
    );
  /** Reads the case and answers it as it was read. */
  const answerCase = async (inputId: string, auth: string, answer: Record<string, unknown> = goodAnswer) => {
    const { caseId } = await findCase(inputId, auth);
    return eventually(async () => {
      const { headers } = await call('GET', `/api/casework/cases/${caseId}`, { auth });
      const reply = await call('POST', `/api/casework/cases/${caseId}/answer`, {
        auth,
        body: answer,
        key: randomUUID(),
        ifMatch: headers.get('etag') ?? '',
      });
      return ![412, 503].includes(reply.status) && reply;
    }, `an answer to ${inputId}`);
  };
  const mailsTo = async (address: string): Promise<Mail[]> => {
    const response = await fetch(`${district.mailbox}/api/mails?to=${encodeURIComponent(address)}`);
    return ((await response.json()) as { items: Mail[] }).items;
  };
  /** Looks with `look` until its state is `state`. */
  const arrive = async <T extends { state: string }>(
    state: string,
    look: () => Promise<T | undefined>,
  ): Promise<T> => {
    let seen: T | undefined;
    return eventually(async () => {
      seen = await look();
      return seen?.state === state && seen;
    }, `the state ${state}`).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${seen?.state}`, { cause: error });
    });
  };
  return { raise, receipt, onReceipt, member, findCase, openCase, onCase, answerCase, mailsTo, arrive };
}

export type Acts = ReturnType<typeof actsIn>;

/** The body of a reply that has this status; else an error that shows it. */
export function expectStatus<T>(reply: Reply<T>, status: number): T {
  if (reply.status === status) return reply.body;
  throw new Error(`${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`);
}

/** 503 with Retry-After (a key that is on its way, a service that restarts) is tried again. */
export async function patient<T>(ask: () => Promise<Reply<T>>): Promise<Reply<T>> {
  return eventually(async () => {
    const reply = await ask();
    return reply.status !== 503 && reply;
  }, 'an answer other than 503');
}
