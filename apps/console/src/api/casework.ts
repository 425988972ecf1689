import { call, get, post, withQuery, type Answer } from './client';
import type { GivenAnswer, Message } from './intake';
import type { Page } from './roster';
import type { CaseState, Kind, LoopState, Outcome, Participation } from './words';

export interface CaseRow {
  caseId: string;
  inputId: string;
  topic: string;
  kind: Kind;
  state: CaseState;
  orgId: string;
  orgName?: string;
  teamId: string;
  teamName?: string;
  /** Offered to this team, which has not accepted it yet. */
  offeredTo?: string;
  assignee?: string;
  due?: { step: 'acknowledge' | 'answer'; at: string };
  overdue?: boolean;
  waiting?: boolean;
  voices?: number;
  participation?: Participation;
  language?: string;
  raisedAt?: string;
  /** How the words of its first input begin. */
  excerpt?: string;
}
export interface CaseInput {
  inputId: string;
  text?: string;
  /** Why there is no text: on its way, or erased. */
  missing?: string;
  /** Only of someone who is not anonymous. */
  name?: string;
  language?: string;
  role?: string;
  kind?: Kind;
  origin?: string;
  anonymous?: boolean;
  reachable?: boolean;
  voices?: number;
  raisedAt: string;
  heardAt?: string;
  onBehalfOf?: { relation?: string } | string;
  /** False: somebody spoke for a person who was not asked. */
  agreed?: boolean;
  state: LoopState;
}
export type CaseAction =
  'acknowledge' | 'assign' | 'message' | 'note' | 'transfer' | 'participation' | 'answer' | 'reopen';
/** GET /api/casework/cases/{id} */
export interface CaseDetail extends CaseRow {
  targets?: { acknowledgeBy?: string; answerBy?: string };
  inputs: CaseInput[];
  thread: (Message & { inputId?: string })[];
  notes: { at: string; by?: string; text?: string; missing?: string }[];
  history: { at: string; what: string; by?: string; detail?: string; reason?: string }[];
  answers: (GivenAnswer & { inputId?: string })[];
  allowed: string[];
  /** The teams to which it can be transferred. */
  transferTo?: Team[];
  version: number;
}
export interface AnswerBody {
  outcome: Outcome;
  text: string;
  language: string;
  translations?: { language: string; text: string; by: 'person' | 'service' }[];
  shapedBy?: string;
  reason?: string;
  promiseDate?: string;
  handedTo?: string;
  answerRef?: string;
  inputIds?: string[];
}
export interface Team {
  teamId: string;
  name: string;
}

const cases = '/api/casework/cases';
const one = (id: string) => `${cases}/${encodeURIComponent(id)}`;

export const casework = {
  queue: (query: { team?: string; mine?: string; state?: string; due?: string; cursor?: string }) =>
    get<Page<CaseRow>>(withQuery(cases, query)),
  case: (id: string): Promise<Answer<CaseDetail>> => call<CaseDetail>(one(id)),
  acknowledge: (id: string) => post(`${one(id)}/acknowledge`, {}),
  assign: (id: string, userId: string) => post(`${one(id)}/assign`, { userId }),
  message: (
    id: string,
    body: { text: string; language: string; inputId?: string; toAll?: boolean; waitForReply?: boolean },
  ) => post(`${one(id)}/messages`, body),
  note: (id: string, text: string) => post(`${one(id)}/notes`, { text }),
  transfer: (id: string, body: { teamId: string; note: string }) => post(`${one(id)}/transfer`, body),
  participation: (id: string, body: { level: Participation; reason?: string }) =>
    post(`${one(id)}/participation`, body),
  reopen: (id: string, reason: string) => post(`${one(id)}/reopen`, { reason }),
  answer: (id: string, body: AnswerBody, ifMatch: string, idempotencyKey: string) =>
    post(`${one(id)}/answer`, body, { ifMatch, idempotencyKey }),
};
