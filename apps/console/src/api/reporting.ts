import { get, withQuery } from './client';
import type { Kind, LoopState } from './words';

/** A duration over n loops, in seconds; median and p90 are null when n is 0. */
export interface Times {
  n: number;
  median: number | null;
  p90: number | null;
}
export interface Rate {
  n: number;
  of: number;
  rate: number | null;
}
export interface Cell {
  /** Loops: `raised` is all of them; the other states are where they are now; open + closed = raised. */
  counts: Partial<Record<LoopState | 'open' | 'closed', number>>;
  voices: number;
  times: { routing?: Times; acknowledgement?: Times; firstResponse?: Times; answer?: Times; age?: Times };
  rates: {
    withinTarget?: Rate;
    delivered?: Rate;
    verifiedClosure?: Rate;
    dispute?: Rate;
    response?: Rate;
    reopen?: Rate;
  };
  outcomes?: Record<string, number>;
}
export type Suppressed = { suppressed: true; minimum?: number };
export type Group = { key: string; name: string } & ((Cell & { suppressed?: false }) | Suppressed);
export type GroupBy = 'org' | 'month' | 'origin' | 'role' | 'topic';

/** GET /api/reporting/closed-loop */
export interface ClosedLoop {
  org: string;
  orgName?: string;
  from: string;
  to: string;
  by: GroupBy;
  asOf: string;
  total: (Cell & { suppressed?: false }) | Suppressed;
  groups: Group[];
}
export interface Hop {
  at: string;
  publisher: string;
  event: string;
  what: string;
  detail?: string;
  sinceRaisedSeconds: number;
}
/** GET /api/reporting/loops/{inputId} */
export interface LoopRow {
  inputId: string;
  origin: string;
  orgId: string;
  orgName?: string;
  topic?: string;
  kind?: Kind;
  state: LoopState;
  voices?: number;
  teamId?: string;
  teamName?: string;
  targets?: {
    step: string;
    dueAt: string;
    doneAt?: string;
    how: 'met' | 'owed' | 'excused';
    teamId?: string;
  }[];
  hops: Hop[];
}

export const reporting = {
  closedLoop: (query: { org: string; from: string; to: string; by: GroupBy }) =>
    get<ClosedLoop>(withQuery('/api/reporting/closed-loop', query)),
  loop: (inputId: string) => get<LoopRow>(`/api/reporting/loops/${encodeURIComponent(inputId)}`),
};
