import { get, post, withQuery } from './client';
import type { GivenAnswer, Message } from './intake';
import type { Page } from './roster';
import type { Kind, LoopState } from './words';

export interface SessionLine {
  sessionId: string;
  title: string;
  orgId: string;
  opensAt: string;
  closesAt: string;
  codesIssued?: number;
  responses?: number;
  themes?: number;
}
export interface SessionResponse {
  responseId: string;
  /** One entry a question, empty where it was skipped. */
  answers: string[];
  /** Only in a session that is not anonymous. */
  codeNo?: number;
}
export interface Theme {
  inputId: string;
  title: string;
  text: string;
  topic: string;
  kind?: Kind;
  state: LoopState;
  voices: number;
  team?: { teamId: string; name?: string };
  answerBy?: string;
  answers: GivenAnswer[];
  messages?: Message[];
  closure?: { answerNo: number; word: string; yes?: number; no?: number; noReply?: number; at: string };
  allowed?: string[];
}
export interface SessionDetail {
  sessionId: string;
  orgId: string;
  title: string;
  questions: string[];
  opensAt: string;
  closesAt: string;
  anonymous: boolean;
  codesIssued?: number;
  responses: SessionResponse[];
  themes: Theme[];
}
export interface NewSession {
  orgId: string;
  title: string;
  questions: string[];
  opensAt: string;
  closesAt: string;
  anonymous: boolean;
}
export interface NewTheme {
  title: string;
  text: string;
  topic: string;
  responseIds: string[];
}
/** "Did this settle it?", asked of a group: people. */
export interface ReplyNumbers {
  inputId: string;
  answerNo: number;
  yes: number;
  no: number;
  noReply: number;
  reason?: string;
}
export interface Joined {
  sessionId: string;
  title: string;
  questions: string[];
  opensAt: string;
  closesAt: string;
  anonymous: boolean;
  stage: 'not open yet' | 'open' | 'closed';
  answered: boolean;
}
export interface SessionResult {
  title: string;
  themes: Pick<Theme, 'inputId' | 'title' | 'text' | 'voices' | 'state' | 'answers'>[];
  whatChanged: string[];
}

const sessions = '/api/student-voice/sessions';
const one = (id: string) => `${sessions}/${encodeURIComponent(id)}`;
const withCode = (value: string) => ({ code: { kind: 'Session' as const, value } });

export const voice = {
  sessions: () => get<Page<SessionLine>>(withQuery(sessions, { mine: 'true', limit: '100' })),
  session: (id: string) => get<SessionDetail>(one(id)),
  open: (body: NewSession, idempotencyKey: string) =>
    post<{ sessionId: string; joinUrl: string }>(sessions, body, { idempotencyKey }),
  issueCodes: (id: string, count: number, idempotencyKey: string) =>
    post<{ codes: string[]; firstNo?: number }>(`${one(id)}/codes`, { count }, { idempotencyKey }),
  raiseTheme: (id: string, body: NewTheme, idempotencyKey: string) =>
    post<{ inputId: string }>(`${one(id)}/themes`, body, { idempotencyKey }),
  close: (id: string, body: ReplyNumbers, idempotencyKey: string) =>
    post(`${one(id)}/closure`, body, { idempotencyKey }),
  joined: (code: string) => get<Joined>(`${sessions}/me`, withCode(code)),
  respond: (code: string, id: string, answers: string[], idempotencyKey: string) =>
    post(`${one(id)}/responses`, { answers }, { ...withCode(code), idempotencyKey }),
  result: (code: string, id: string) => get<SessionResult>(`${one(id)}/result`, withCode(code)),
};
