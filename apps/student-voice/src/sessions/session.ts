import { RuleBroken, StateRefuses, hasWords } from '#contracts';
import { isRepeat } from '#loop';

/**
 * A listening session, a survey or a council's agenda round: its questions, and who may answer them once.
 *
 * How a response stays apart from its code. A code is the only thing that ties a response to a person, so this
 * document knows which codes were used (`used`) and which responses were taken (`responses`), both in the order of
 * their own characters and without a time: neither list says which came with which. The words are in a document of
 * their own (responses/response.ts), named by an id that only the participant could compute again. Each is one
 * atomic write, this one first: it alone decides that the code is used and names the one response that may be
 * stored for it, so a crash between the two is mended by the participant's own retry, and nothing is counted twice.
 */
export interface Session {
  orgId: string;
  title: string;
  questions: string[];
  opensAt: string;
  closesAt: string;
  anonymous: boolean;
  /** The adviser who opened it: our own id, the token's subject. */
  adviser: string;
  openedAt: string;
  /** Of the request that opened it: the same key with another body is refused. */
  digest: string;
  /** Hashes of the codes in the order of issue; a code's number is its place here, from 1. */
  codes: string[];
  batches: Batch[];
  used: string[];
  responses: string[];
}

/** Codes issued by one request. */
export interface Batch {
  batchId: string;
  digest: string;
  firstNo: number;
  count: number;
}

/** Internal facts: a session publishes nothing, the inputs that its themes raise do. */
export type SessionEvent = SessionOpened | CodesIssued | ResponseTaken;

export interface SessionOpened extends OpenSession {
  type: 'session.opened';
  openedAt: string;
}

export interface CodesIssued {
  type: 'session.codes-issued';
  batchId: string;
  digest: string;
  hashes: string[];
}

/** Folded into the state and kept nowhere: it is the only place where a code and its response ever meet. */
export interface ResponseTaken {
  type: 'session.response-taken';
  codeHash: string;
  responseId: string;
}

export interface OpenSession {
  orgId: string;
  title: string;
  questions: string[];
  opensAt: string;
  closesAt: string;
  anonymous: boolean;
  adviser: string;
  digest: string;
}

/** Codes are listed in the session's own document, so their number is bounded. */
export const MOST_CODES = 1_000;

export type SessionStage = 'not open yet' | 'open' | 'closed';

export function stageOf(session: Pick<Session, 'opensAt' | 'closesAt'>, now: string): SessionStage {
  if (now < session.opensAt) return 'not open yet';
  return now < session.closesAt ? 'open' : 'closed';
}

export function openSession(command: OpenSession, now: string): SessionEvent[] {
  if (command.closesAt <= command.opensAt) {
    throw new RuleBroken('closesAt', 'after-opens-at', 'closesAt must be after opensAt');
  }
  if (command.closesAt <= now)
    throw new RuleBroken('closesAt', 'in-the-future', 'closesAt must be in the future');
  return [{ type: 'session.opened', ...command, openedAt: now }];
}

/** One code a participant. The same request again issues nothing new. */
export function issueCodes(
  session: Session,
  command: { batchId: string; digest: string; hashes: string[] },
  now: string,
): SessionEvent[] {
  const before = session.batches.find((batch) => batch.batchId === command.batchId);
  if (isRepeat(before, command)) return [];
  if (stageOf(session, now) === 'closed') throw new StateRefuses('issue codes', 'closed', []);
  if (session.codes.length + command.hashes.length > MOST_CODES) {
    throw new RuleBroken(
      'count',
      `at-most-${MOST_CODES}-codes`,
      `a session has at most ${MOST_CODES} codes; ${session.codes.length} are issued`,
    );
  }
  return [{ type: 'session.codes-issued', ...command }];
}

/**
 * Takes one response for one code. The very same response again is taken as a replay (no new fact); any other with a
 * used code is refused.
 */
export function takeResponse(
  session: Session,
  command: { codeHash: string; responseId: string; answers: string[] },
  now: string,
): SessionEvent[] {
  const { codeHash, responseId, answers } = command;
  if (session.used.includes(codeHash) && session.responses.includes(responseId)) return [];
  if (answers.length !== session.questions.length) {
    throw new RuleBroken(
      'answers',
      'one-for-each-question',
      `answers must have one entry for each of the ${session.questions.length} questions; an empty one skips it`,
    );
  }
  if (!answers.some(hasWords)) {
    throw new RuleBroken('answers', 'not-all-empty', 'answers must say something on at least one question');
  }
  if (session.used.includes(codeHash))
    throw new StateRefuses('answer', 'answered with this code', ['result']);
  const stage = stageOf(session, now);
  if (stage !== 'open') throw new StateRefuses('answer', stage, stage === 'closed' ? ['result'] : []);
  return [{ type: 'session.response-taken', codeHash, responseId }];
}

/** The number under which a code was issued, from 1; only a session that is not anonymous may keep it with a response. */
export function codeNoOf(session: Session, codeHash: string): number | undefined {
  return session.anonymous ? undefined : session.codes.indexOf(codeHash) + 1;
}

export function evolveSession(state: Session | undefined, event: SessionEvent): Session {
  if (event.type === 'session.opened') {
    const { type: _, ...opened } = event;
    return { ...opened, codes: [], batches: [], used: [], responses: [] };
  }
  if (!state) throw new Error(`${event.type} before session.opened`);
  switch (event.type) {
    case 'session.codes-issued': {
      const { batchId, digest, hashes } = event;
      const batch: Batch = { batchId, digest, firstNo: state.codes.length + 1, count: hashes.length };
      return { ...state, codes: [...state.codes, ...hashes], batches: [...state.batches, batch] };
    }
    case 'session.response-taken':
      return {
        ...state,
        used: [...state.used, event.codeHash].sort(),
        responses: [...state.responses, event.responseId].sort(),
      };
  }
}
