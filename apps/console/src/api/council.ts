import { call, get, post, withQuery } from './client';
import type { GivenAnswer, Message } from './intake';
import type { Page } from './roster';
import type { Kind, LoopState } from './words';
import type { ReplyNumbers, Theme } from './voice';

/** Distinct families, both ways. */
export interface Coverage {
  families: number;
  contacted: number;
  reportedBack: number;
}
export interface RoundLine {
  roundId: string;
  title: string;
  orgId: string;
  opensAt: string;
  closesAt: string;
  concerns?: number;
  coverage?: Coverage;
}
/** `familyRef` is the representative's own word for a family, never a name. */
export interface Family {
  familyRef: string;
  language: string;
  contactAllowed: boolean;
}
export interface Concern {
  inputId: string;
  text: string;
  topic: string;
  kind: Kind;
  language?: string;
  families: string[];
  voices: number;
  state: LoopState;
  team?: { teamId: string; name?: string };
  answerBy?: string;
  /** When the families are owed the newest answer; absent once they have it. */
  reportBackBy?: string;
  answers: GivenAnswer[];
  messages?: Message[];
  closure?: Theme['closure'];
  allowed?: string[];
}
export interface RoundDetail {
  roundId: string;
  orgId: string;
  title: string;
  brief: string;
  opensAt: string;
  closesAt: string;
  families: (Family & { contacted?: boolean; reportedBack?: boolean })[];
  contacts: { familyRef: string; how: string; result: string; at: string }[];
  concerns: Concern[];
  coverage: Coverage;
}
export interface NewRound {
  orgId: string;
  title: string;
  brief: string;
  opensAt: string;
  closesAt: string;
}
export interface NewConcern {
  text: string;
  topic: string;
  kind: string;
  families: string[];
  language: string;
}

export const contactHows = [
  { id: 'phone', name: 'By phone' },
  { id: 'in-person', name: 'In person' },
  { id: 'message', name: 'By message' },
  { id: 'meeting', name: 'At a meeting' },
  { id: 'letter', name: 'By letter' },
] as const;
export const contactResults = [
  { id: 'reached', name: 'We talked' },
  { id: 'left-word', name: 'I left word' },
  { id: 'no-answer', name: 'No answer' },
  { id: 'declined', name: 'They did not want to talk' },
] as const;

const rounds = '/api/family-council/rounds';
const one = (id: string) => `${rounds}/${encodeURIComponent(id)}`;

export const council = {
  rounds: () => get<Page<RoundLine>>(withQuery(rounds, { mine: 'true', limit: '100' })),
  round: (id: string) => get<RoundDetail>(one(id)),
  open: (body: NewRound, idempotencyKey: string) =>
    post<{ roundId: string }>(rounds, body, { idempotencyKey }),
  /** Adds a family to the newest list; 412 when somebody changed the list in between. */
  addFamily: async (id: string, family: Family) => {
    const list = await call<{ items: Family[] }>(`${one(id)}/families`);
    const kept = list.data.items.filter((other) => other.familyRef !== family.familyRef);
    return call(`${one(id)}/families`, {
      method: 'PUT',
      body: [...kept, family],
      ifMatch: list.etag ?? undefined,
    });
  },
  contact: (
    id: string,
    body: { familyRef: string; how: string; result: string; at: string },
    idempotencyKey: string,
  ) => post(`${one(id)}/contacts`, body, { idempotencyKey }),
  carry: (id: string, body: NewConcern, idempotencyKey: string) =>
    post<{ inputId: string }>(`${one(id)}/concerns`, body, { idempotencyKey }),
  reportBack: (id: string, body: { answers: ReplyNumbers[]; familyRefs: string[] }, idempotencyKey: string) =>
    post(`${one(id)}/reports-back`, body, { idempotencyKey }),
};
