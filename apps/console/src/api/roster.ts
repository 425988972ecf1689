import { get, post, withQuery } from './client';

export interface Org {
  orgId: string;
  name: string;
  level: string;
  parentId?: string;
}
export interface Page<T> {
  items: T[];
  next?: string | null;
}
export type ImportState = 'received' | 'previewed' | 'held' | 'applying' | 'applied' | 'discarded' | 'failed';
export type SourceKind = 'upload' | 'folder' | 'oneroster-rest' | 'ed-fi';

/** Why an import waits for somebody's word. */
export interface Hold {
  rule: string;
  message: string;
}
/** A row that was put aside. Lines count from 1, the header included. */
export interface Aside {
  line: number;
  column: string;
  value: string;
  rule: string;
  message: string;
}
/** Rows of one file. */
export interface ImportedFile {
  file: string;
  mode: 'bulk' | 'delta';
  state: 'read' | 'refused';
  problem?: string;
  read: number;
  accepted: number;
  changed: number;
  unchanged: number;
  quarantined: number;
  missing: number;
  kept: number;
  /** The first hundred. */
  reasons: Aside[];
  slipped: Record<string, number>;
}
export interface RosterImport {
  importId: string;
  source: string;
  state: ImportState;
  oneRoster: string;
  receivedAt: string;
  /** While it is at work: rows read of a file, or parts done of all. */
  progress?: {
    step: 'reading' | 'settling' | 'people' | 'telling';
    file?: string;
    done: number;
    all?: number;
  };
  finishedAt?: string;
  problem?: string;
  restores?: string;
  why?: string;
  holds: Hold[];
  changes?: {
    organisations: { added: number; altered: number; closed: number };
    people: { added: number; changed: number; gone: number; disabled: number };
  };
  decided?: { by: string; why: string; at: string };
  organisations?: number;
  people?: number;
  enrolments?: number;
  notCounted?: string;
  unclearLinks?: { count: number; examples: string[] };
  files: ImportedFile[];
  ignored: string[];
}
/** People of one role at one organisation. */
export interface RoleChange {
  orgId: string;
  role: string;
  added: number;
  gone: number;
  changed: number;
  disabled: number;
}
export interface RosterSource {
  sourceId: string;
  name: string;
  kind: SourceKind;
  paused: boolean;
  lastSuccessAt?: string;
  nextRunAt?: string;
  problem?: string;
  lastImport?: { importId: string; state: ImportState; receivedAt: string; problem?: string; holds: Hold[] };
}
export type Verdict = 'apply' | 'discard' | 'roll-back';

const imports = '/api/roster/imports';
const one = (id: string) => `${imports}/${encodeURIComponent(id)}`;

export const roster = {
  orgs: (query: { q?: string; parent?: string; level?: string; limit?: string; cursor?: string }) =>
    get<Page<Org>>(withQuery('/api/roster/orgs', query)),
  sources: () => get<{ items: RosterSource[] }>('/api/roster/sources'),
  runNow: (sourceId: string) => post(`/api/roster/sources/${encodeURIComponent(sourceId)}/run`, {}),
  imports: (query: { source: string; cursor: string }) => get<Page<RosterImport>>(withQuery(imports, query)),
  import: (id: string) => get<RosterImport>(one(id)),
  changes: (id: string) => get<{ items: RoleChange[] }>(`${one(id)}/changes`),
  csv: (id: string, what: 'report' | 'quarantine') => `${one(id)}/${what}.csv`,
  send: (files: File[], query: { source?: string; apply?: string }, idempotencyKey: string) => {
    const form = new FormData();
    for (const file of files) form.append('file', file);
    return post<{ importId: string }>(withQuery(imports, query), form, { idempotencyKey });
  },
  say: (id: string, verdict: Verdict, why: string, idempotencyKey: string) =>
    post<{ importId: string }>(`${one(id)}/${verdict}`, { why }, { idempotencyKey }),
};
