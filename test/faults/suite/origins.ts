import { randomUUID } from 'node:crypto';
import type { Origin } from '#contracts';
import type { Ask } from './patient.js';

/** What an originator sees of an input, as far as it is looked at here. */
export interface OriginView {
  inputId: string;
  state: string;
  team?: { teamId: string };
  answers: { answerNo: number; text: string }[];
  messages: { from: string; text: string }[];
  timeline?: { what: string }[];
}

/** An originator of one of the three origins: how it speaks, looks and settles. */
export interface Originator {
  origin: Origin;
  inputId: string;
  /** How many people it stands for. */
  voices: number;
  /** Where its letters go, if it has an address. */
  address?: string;
  look(): Promise<OriginView>;
  write(text: string): Promise<void>;
  /** Opens the newest answer, which delivers it; nothing where only bringing it back delivers it. */
  read?(): Promise<void>;
  /** Takes the input back, where that can be done. */
  withdraw?(): Promise<void>;
  /** Says whether the newest answer settles it; true again where it was said before. */
  settle(answerNo: number, yes: boolean): Promise<void>;
}

/** Speaks up as one of the origin: resolves when the input is accepted. */
export type Speak = (ask: Ask, tokens: Tokens, words: string, reachable: boolean) => Promise<Originator>;
export type Tokens = (as: string, team?: string) => Promise<string>;

const minute = 60_000;
const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();

const oneFamily: Speak = (ask, _tokens, words, reachable) => {
  const address = reachable ? `family-${randomUUID()}@families.example.org` : undefined;
  return throughIntake(ask, words, address);
};

/** A family of long ago, from another system: with `raisedAt` in the past its targets are missed already. */
export async function imported(
  ask: Ask,
  tokens: Tokens,
  words: string,
  raisedAt: string,
): Promise<Originator> {
  return throughIntake(ask, words, undefined, { auth: await tokens('import'), raisedAt });
}

/** A family of another school than those of which everybody else speaks. */
export async function atSchool(ask: Ask, words: string, orgId: string): Promise<Originator> {
  return throughIntake(ask, words, undefined, { orgId });
}

async function throughIntake(
  ask: Ask,
  words: string,
  address: string | undefined,
  by: { auth?: string; raisedAt?: string; orgId?: string } = {},
): Promise<Originator> {
  const { body } = await ask<{ inputId: string; receipt: string }>('POST', '/api/intake/inputs', {
    ...(by.auth && { auth: by.auth }),
    key: randomUUID(),
    body: {
      ...{ orgId: by.orgId ?? '00417-012', topic: 'transport', kind: 'concern', text: words, role: 'family' },
      ...{ language: 'en', anonymous: true },
      ...(address && { contact: { channel: 'email', address, textInMessage: true } }),
      ...(by.raisedAt && { raisedAt: by.raisedAt }),
    },
  });
  const auth = `Receipt ${body.receipt}`;
  const me = '/api/intake/receipts/me';
  const look = async (): Promise<OriginView> => (await ask<OriginView>('GET', me, { auth })).body;
  return {
    ...{ origin: 'intake', inputId: body.inputId, voices: 1, look },
    ...(address && { address }),
    write: async (text) => {
      await ask('POST', `${me}/messages`, { auth, key: randomUUID(), body: { text, language: 'en' } });
    },
    read: async () => void (await look()),
    withdraw: async () => {
      await ask('POST', `${me}/withdraw`, { auth, key: randomUUID(), body: {} });
    },
    settle: async (answerNo, yes) => {
      const word = yes ? { answerNo } : { answerNo, reason: 'It is still not settled.' };
      await ask('POST', `${me}/${yes ? 'confirm' : 'dispute'}`, { auth, key: randomUUID(), body: word });
    },
  };
}

/** Two students in a session of their own; their adviser raises what they say as one theme. */
const oneSession: Speak = async (ask, tokens, words) => {
  const auth = await tokens('adviser');
  const post = <T>(path: string, body: unknown, as = auth) =>
    ask<T>('POST', `/api/student-voice/sessions${path}`, { auth: as, key: randomUUID(), body });
  const opened = await post<{ sessionId: string }>('', {
    ...{ orgId: '00417-051', title: words, questions: ['What is on your mind?'], anonymous: true },
    ...{ opensAt: fromNow(-minute), closesAt: fromNow(60 * minute) },
  });
  const session = `/${opened.body.sessionId}`;
  const issued = await post<{ codes: string[] }>(`${session}/codes`, { count: 2 });
  const responseIds: string[] = [];
  for (const code of issued.body.codes) {
    const given = await post<{ responseId: string }>(
      `${session}/responses`,
      { answers: [words] },
      `Session ${code}`,
    );
    responseIds.push(given.body.responseId);
  }
  const theme = { title: words, text: words, topic: 'belonging', responseIds };
  const { inputId } = (await post<{ inputId: string }>(`${session}/themes`, theme)).body;
  const voices = responseIds.length;
  return {
    ...{ origin: 'student-voice', inputId, voices },
    look: async () => {
      const { body } = await ask<{ themes: OriginView[] }>('GET', `/api/student-voice/sessions${session}`, {
        auth,
      });
      return found(body.themes, inputId);
    },
    write: async (text) => void (await post(`${session}/messages`, { inputId, text, language: 'en' })),
    read: async () => {
      const code = `Session ${issued.body.codes[0]}`;
      await ask('GET', `/api/student-voice/sessions${session}/result`, { auth: code });
    },
    settle: async (answerNo, yes) => {
      const numbers = { yes: yes ? voices : 0, no: yes ? 0 : voices, noReply: 0 };
      await post(`${session}/closure`, { inputId, answerNo, ...numbers });
    },
  };
};

/** A representative asks two families in a round of their own, and carries their concern. */
const oneRound: Speak = async (ask, tokens, words) => {
  const auth = await tokens('representative');
  const send = <T>(method: string, path: string, body: unknown) =>
    ask<T>(method, `/api/family-council/rounds${path}`, { auth, key: randomUUID(), body });
  const opened = await send<{ roundId: string }>('POST', '', {
    ...{ orgId: '00417-012', title: words, brief: words },
    ...{ opensAt: fromNow(-60 * minute), closesAt: fromNow(60 * minute) },
  });
  const round = `/${opened.body.roundId}`;
  const families = ['family-1', 'family-2'];
  const listed = families.map((familyRef) => ({ familyRef, language: 'en', contactAllowed: true }));
  await send('PUT', `${round}/families`, listed);
  const concern = { text: words, topic: 'learning', kind: 'concern', families, language: 'en' };
  const { inputId } = (await send<{ inputId: string }>('POST', `${round}/concerns`, concern)).body;
  const voices = families.length;
  return {
    ...{ origin: 'family-council', inputId, voices },
    look: async () => {
      const { body } = await ask<{ concerns: OriginView[] }>('GET', `/api/family-council/rounds${round}`, {
        auth,
      });
      return found(body.concerns, inputId);
    },
    write: async (text) => {
      await send('POST', `${round}/messages`, { inputId, text, language: 'en' });
    },
    settle: async (answerNo, yes) => {
      const numbers = { yes: yes ? voices : 0, no: yes ? 0 : voices, noReply: 0 };
      const answers = [{ inputId, answerNo, ...numbers }];
      await send('POST', `${round}/reports-back`, { answers, familyRefs: families });
    },
  };
};

export const origins: Record<Origin, Speak> = {
  intake: oneFamily,
  'student-voice': oneSession,
  'family-council': oneRound,
};

function found(all: OriginView[], inputId: string): OriginView {
  const one = all.find((view) => view.inputId === inputId);
  if (!one) throw new Error(`${inputId} was accepted, and its origin does not show it`);
  return one;
}
