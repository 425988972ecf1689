import fc from 'fast-check';
import { RuleBroken, StateRefuses } from '#contracts';
import { responses } from '../../../apps/student-voice/src/responses/response.store.js';
import type { Response, ResponseGiven } from '../../../apps/student-voice/src/responses/response.js';
import {
  codeNoOf,
  issueCodes,
  openSession,
  stageOf,
  takeResponse,
} from '../../../apps/student-voice/src/sessions/session.js';
import type { Session, SessionEvent } from '../../../apps/student-voice/src/sessions/session.js';
import { sessions } from '../../../apps/student-voice/src/sessions/session.store.js';
import { Kept, same } from './held.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
const instant = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString();
const [opens, closes] = [10, 60];
const questions = ['What works?', 'What does not?'];

type Step = [what: 'issue' | 'respond' | 'time', pick: number, other: number];
type Outcome = 'taken' | 'nothing' | 'rule' | 'state';

/** A session with its codes, and the responses that come with them: one a code, and nothing that ties the two together. */
class Run {
  private readonly kept = new Kept<Session, SessionEvent>(sessions, 'session-1');
  private readonly given = new Map<string, Kept<Response, ResponseGiven>>();
  private minutes = 0;
  /** By key of the request. */
  private readonly batches = new Map<string, { digest: string; firstNo: number; count: number }>();
  private issued = 0;
  /** By the number of the code. */
  private readonly used = new Map<number, string>();

  constructor(private readonly anonymous: boolean) {
    const plan = { orgId: 'school', title: 'Lunch', questions, adviser: 'ada', digest: 'd', anonymous };
    this.kept.take(
      openSession({ ...plan, opensAt: instant(opens), closesAt: instant(closes) }, instant(0)),
      instant(0),
    );
  }

  step([what, pick, other]: Step): void {
    this.minutes += what === 'time' ? pick % 12 : 1;
    if (what === 'issue')
      this.issue(
        `batch-${pick % 6}`,
        pick % 9 === 0 ? 'other' : 'same',
        1 + (other % (other % 50 === 0 ? 900 : 8)),
      );
    if (what === 'respond') this.respond(pick, other);
  }

  private get stage(): 'before' | 'open' | 'closed' {
    if (this.minutes < opens) return 'before';
    return this.minutes < closes ? 'open' : 'closed';
  }

  private issue(batchId: string, digest: string, count: number): void {
    const before = this.batches.get(batchId);
    let wanted: Outcome = 'taken';
    if (before) wanted = before.digest === digest ? 'nothing' : 'rule';
    else if (this.stage === 'closed') wanted = 'state';
    else if (this.issued + count > 1_000) wanted = 'rule';
    const hashes = Array.from({ length: count }, (_, i) => codeHash(this.issued + i + 1));
    this.expect(wanted, () => issueCodes(this.kept.state, { batchId, digest, hashes }, this.now));
    if (wanted === 'taken') {
      this.batches.set(batchId, { digest, firstNo: this.issued + 1, count });
      this.issued += count;
    }
  }

  private respond(pick: number, other: number): void {
    if (this.issued === 0) return;
    const code = 1 + (pick % Math.min(this.issued, 5));
    const responseId = other % 3 === 0 && this.used.has(code) ? this.used.get(code)! : `r-${pick}-${other}`;
    const answers = other % 10 === 0 ? ['one'] : other % 11 === 0 ? ['', ' '] : ['a', ''];
    let wanted: Outcome = 'taken';
    if (this.used.get(code) === responseId) wanted = 'nothing';
    else if (answers.length !== 2 || answers.every((text) => text.trim() === '')) wanted = 'rule';
    else if (this.used.has(code) || this.stage !== 'open') wanted = 'state';
    this.expect(wanted, () =>
      takeResponse(this.kept.state, { codeHash: codeHash(code), responseId, answers }, this.now),
    );
    if (wanted !== 'taken') return;
    this.used.set(code, responseId);
    const codeNo = codeNoOf(this.kept.state, codeHash(code));
    same(codeNo, this.anonymous ? undefined : code, 'number of the code that a response keeps');
    const response = new Kept<Response, ResponseGiven>(responses, responseId);
    response.take(
      [{ type: 'response.given', sessionId: 'session-1', sealed: 's', ...(codeNo && { codeNo }) }],
      this.now,
    );
    this.given.set(responseId, response);
  }

  private get now(): string {
    return instant(this.minutes);
  }

  private expect(wanted: Outcome, act: () => SessionEvent[]): void {
    let found: Outcome;
    try {
      found = this.kept.take(act(), this.now).length > 0 ? 'taken' : 'nothing';
    } catch (error) {
      if (error instanceof RuleBroken) found = 'rule';
      else if (error instanceof StateRefuses) found = 'state';
      else throw error;
    }
    same(found, wanted, `what came of it while ${this.stage}`);
    same(
      stageOf(this.kept.state, this.now),
      { before: 'not open yet', open: 'open', closed: 'closed' }[this.stage],
      'stage',
    );
  }

  compare(): void {
    const { state, document } = this.kept;
    same(
      state.codes,
      Array.from({ length: this.issued }, (_, i) => codeHash(i + 1)),
      'codes, in the order of their numbers',
    );
    const batches = [...this.batches].map(([batchId, { digest, firstNo, count }]) => ({
      batchId,
      digest,
      firstNo,
      count,
    }));
    same(state.batches, batches, 'batches');
    // In the order of their own characters, which says nothing about which came with which.
    same(state.used, [...this.used.keys()].map(codeHash).sort(), 'codes that were used');
    same(state.responses, [...this.used.values()].sort(), 'responses');
    same(document.events, [], 'a session publishes nothing');
    for (const { state: response } of this.given.values())
      if (this.anonymous)
        same(Object.keys(response).sort(), ['sealed', 'sessionId'], 'what an anonymous response keeps');
  }
}

function codeHash(no: number): string {
  // Scattered, as hashes are.
  return `${(no * 7_919) % 1_009}-${no}`;
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('issue', 'respond', 'respond', 'respond', 'time'),
    fc.nat({ max: 999 }),
    fc.nat({ max: 999 }),
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

export const session = fc.property(fc.boolean(), steps, (anonymous, all) => {
  const run = new Run(anonymous);
  for (const step of all) run.step(step);
  run.compare();
});
