import { get, post, withQuery } from './client';
import type { Kind, LoopState, Outcome, Participation } from './words';

export interface Choice {
  id: string;
  name: string;
}
export interface Topic extends Choice {
  participation: Participation;
  targets: { acknowledgeDays: number; answerDays: number };
}
/** GET /api/intake/form: all that the speak-up form offers. */
export interface SpeakUpForm {
  topics: Topic[];
  kinds: { id: Kind; name: string }[];
  roles: Choice[];
  languages: Choice[];
  standings: Choice[];
  groups: Choice[];
  channels: Choice[];
  /** Teams that may be named in "not to be seen by"; left out by districts that keep their teams unlisted. */
  teams?: Choice[];
  readers: string;
  notReaders: string;
  crisisLines: { name: string; contact: string; what: string }[];
  notLive: string;
}
export type LocalForm = SpeakUpForm & { lang: string };
export interface NewInput {
  orgId: string;
  topic: string;
  kind: Kind;
  text: string;
  role: string;
  language: string;
  anonymous: boolean;
  name?: string;
  contact?: { channel: string; address: string; textInMessage: boolean };
  onBehalfOf?: { relation: string; agreed: boolean; receiptTo: 'them' | 'me' };
  notSeenBy?: 'school' | string[];
  heardAt?: string;
}
export interface Accepted {
  inputId: string;
  receipt: string;
  statusUrl: string;
}
export interface Message {
  at: string;
  from: 'originator' | 'team';
  /** In a case: a message, or the words with a confirmation, a dispute or a withdrawal. */
  what?: string;
  /** Missing while it is on its way, and for good once it is erased. */
  text?: string;
  missing?: string;
  language?: string;
  translations?: Translation[];
  by?: string;
}
export interface Translation {
  language: string;
  text: string;
  by?: 'person' | 'service';
}
export interface GivenAnswer {
  answerNo: number;
  outcome: Outcome;
  text?: string;
  missing?: string;
  language?: string;
  translations?: Translation[];
  shapedBy?: string;
  reason?: string;
  promiseDate?: string;
  handedTo?: string | { name?: string; contact?: string };
  answerRef?: string;
  at: string;
  /** On a receipt: what the originator said last about this answer. */
  yourWord?: { word: 'confirmed' | 'partly' | 'disputed' | 'plan-accepted'; at: string; reason?: string };
}
export type ReceiptAction = 'message' | 'confirm' | 'partly' | 'dispute' | 'withdraw' | 'about-me';
/** GET /api/intake/receipts/me */
export interface Receipt {
  inputId: string;
  state: LoopState;
  kind: Kind;
  topic: string;
  orgId: string;
  orgName?: string;
  team?: { teamId: string; name?: string };
  targets?: { acknowledgeBy?: string; answerBy?: string };
  participation?: Participation;
  anonymous: boolean;
  /** Someone else entered it. `agreed` false: the person was not asked. */
  onBehalfOf?: { relation: string; agreed: boolean; receiptTo: 'them' | 'me' };
  text?: string;
  language?: string;
  timeline: { at: string; what: string; detail?: string }[];
  messages: Message[];
  answers: GivenAnswer[];
  allowed: ReceiptAction[];
}

const me = '/api/intake/receipts/me';
const withCode = (value: string) => ({ code: { kind: 'Receipt' as const, value } });

export const intake = {
  /** The form in a language, and the language that its names are really in: English where the district has no other. */
  form: async (lang: string): Promise<LocalForm> => {
    const path = '/api/intake/form';
    const form = await get<SpeakUpForm>(withQuery(path, { lang }));
    if (lang === 'en') return { ...form, lang };
    const english = await get<SpeakUpForm>(withQuery(path, { lang: 'en' }));
    return { ...form, lang: english.notLive === form.notLive ? 'en' : lang };
  },
  raise: (input: NewInput, idempotencyKey: string) =>
    post<Accepted>('/api/intake/inputs', input, { idempotencyKey }),
  receipt: (code: string) => get<Receipt>(me, withCode(code)),
  message: (code: string, body: { text: string; language: string }) =>
    post(`${me}/messages`, body, withCode(code)),
  confirm: (code: string, body: { answerNo: number }) => post(`${me}/confirm`, body, withCode(code)),
  dispute: (code: string, body: { answerNo: number; reason: string; partly?: boolean }) =>
    post(`${me}/dispute`, body, withCode(code)),
  withdraw: (code: string, body: { why?: string }) => post(`${me}/withdraw`, body, withCode(code)),
  aboutMe: (code: string, body: { standings?: string[]; groups?: string[] }) =>
    post(`${me}/about-me`, body, withCode(code)),
};
