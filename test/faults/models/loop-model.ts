import type { Kind, LoopState } from '#contracts';

/** Minutes. */
export const day = 24 * 60;

/** What the model says that a command comes to: the events that it publishes, or why it is refused. */
export type Expected = { publishes: string[] } | { refused: 'state' | 'rule' };
const nothing: Expected = { publishes: [] };
const publishes = (...types: string[]): Expected => ({ publishes: types });

/** What a team may tell an origin, as far as it moves a loop. */
export type TeamSays =
  | 'routed'
  | 'acknowledged'
  | 'transferred'
  | 'message'
  | 'waits'
  | 'resumed'
  | 'answered'
  | 'planned'
  | 'repeated'
  | 'reopened'
  | 'disputed'
  | 'missed';

/**
 * The table of the loop for the one who spoke as it is written, small and by itself: no code is shared with what it is held
 * against. Times are minutes.
 */
export class LoopModel {
  state: LoopState = 'raised';
  answers = 0;
  said = { originator: 0, team: 0 };
  waiting = false;
  erased = false;
  private since = 0;
  private plan = false;
  private answeredAt = 0;
  private reachedAt: number | undefined;
  private askedAgainAt: number | undefined;
  private acted = false;
  private accepted = false;
  private numbers = '';
  /** Words of the originator that were kept, and how often they described themselves. */
  private words = 0;
  private described = 0;

  constructor(
    private readonly kind: Kind,
    private readonly voices: number,
  ) {}

  allowed(now: number): string[] {
    if (this.erased) return [];
    const words = this.kind === 'praise' ? ['confirm'] : ['confirm', 'partly', 'dispute'];
    const table: Record<LoopState, string[]> = {
      raised: ['message', 'withdraw'],
      routed: ['message', 'withdraw'],
      acknowledged: ['message', 'withdraw'],
      answered: ['message', 'withdraw'],
      delivered: ['message', ...words],
      promised: ['message', ...words],
      disputed: ['message', ...(this.acted || this.plan ? [] : ['confirm'])],
      confirmed: now - this.since <= 30 * day ? words.slice(1) : [],
      unconfirmed: words,
      unsettled: ['message'],
      withdrawn: [],
    };
    return [...table[this.state], 'about-me'];
  }

  /** Closed, or praise whose thanks have arrived: nobody owes anything. */
  get settled(): boolean {
    return (
      ['confirmed', 'unconfirmed', 'unsettled', 'withdrawn'].includes(this.state) ||
      (this.state === 'delivered' && this.kind === 'praise')
    );
  }

  message(now: number): Expected {
    if (!this.allowed(now).includes('message')) return { refused: 'state' };
    this.said.originator += 1;
    this.waiting = false;
    return publishes('input.message');
  }

  withdraw(now: number): Expected {
    if (!this.allowed(now).includes('withdraw')) return { refused: 'state' };
    this.enter('withdrawn', now);
    return publishes('input.withdrawn');
  }

  describe(now: number): Expected {
    if (!this.allowed(now).includes('about-me')) return { refused: 'state' };
    if (this.described === 20) return { refused: 'rule' };
    this.described += 1;
    return publishes('input.described');
  }

  /** Opening the receipt, or a session its result. */
  open(now: number): Expected {
    return this.answers === 0 ? nothing : this.deliver(this.answers, now);
  }

  deliver(answerNo: number, now: number): Expected {
    if (this.state === 'withdrawn' || this.erased) return nothing;
    const old = this.oldOrUnknown(answerNo);
    if (old) return old;
    if (this.reachedAt !== undefined) return nothing;
    this.reachedAt = now;
    if (this.state === 'answered') this.enter(this.plan ? 'promised' : 'delivered', now);
    return publishes('answer.delivered');
  }

  confirm(answerNo: number, now: number): Expected {
    const again = this.state === 'confirmed' && !this.erased;
    if (!again && !this.allowed(now).includes('confirm')) return { refused: 'state' };
    const old = this.oldOrUnknown(answerNo);
    if (old) return old;
    if (again) return nothing;
    if (this.plan && this.accepted && this.state === 'promised') return nothing;
    this.words += 1;
    this.numbers = '';
    this.acted = false;
    // A plan is not a settlement: accepting it moves nothing.
    if (this.plan) this.accepted = true;
    if (this.plan) return nothing;
    this.enter('confirmed', now);
    return publishes('closure.confirmed');
  }

  dispute(answerNo: number, partly: boolean, now: number): Expected {
    if (!this.allowed(now).includes(partly ? 'partly' : 'dispute')) return { refused: 'state' };
    const old = this.oldOrUnknown(answerNo);
    if (old) return old;
    this.words += 1;
    this.numbers = '';
    this.acted = false;
    this.accepted = false;
    this.enter('disputed', now);
    return publishes('closure.disputed');
  }

  /** A group in numbers: below its quorum (half of it) nothing is decided. */
  reply(answerNo: number, [yes, no, noReply]: [number, number, number], now: number): Expected {
    if (yes + no + noReply !== this.voices) return { refused: 'rule' };
    const numbers = `${answerNo}: ${yes} ${no} ${noReply}`;
    if (this.answers === answerNo && this.numbers === numbers) return nothing;
    const before = this.words;
    const expected = this.decide(answerNo, yes, no, now);
    if (this.words > before) this.numbers = numbers;
    return expected;
  }

  private decide(answerNo: number, yes: number, no: number, now: number): Expected {
    if (2 * (yes + no) >= this.voices)
      return yes > no ? this.confirm(answerNo, now) : this.dispute(answerNo, false, now);
    if (this.erased || !['delivered', 'promised', 'unconfirmed'].includes(this.state))
      return { refused: 'state' };
    const old = this.oldOrUnknown(answerNo);
    if (old) return old;
    this.words += 1;
    this.numbers = '';
    this.acted = false;
    this.accepted = false;
    return nothing;
  }

  /** The person goes, the count stays: what was open is closed with it. */
  erase(now: number): Expected {
    if (this.erased) return nothing;
    const { state } = this;
    this.erased = true;
    if (['raised', 'routed', 'acknowledged', 'answered', 'disputed'].includes(state)) {
      this.enter('withdrawn', now);
      return publishes('input.withdrawn', 'input.erased');
    }
    if (state !== 'delivered' && state !== 'promised') return publishes('input.erased');
    this.enter('unconfirmed', now);
    return publishes('closure.unconfirmed', 'input.erased');
  }

  told(what: TeamSays, now: number): Expected {
    switch (what) {
      case 'routed':
        if (this.state === 'raised') this.enter('routed', now);
        return nothing;
      case 'acknowledged':
        this.acted = true;
        if (this.state === 'routed') this.enter('acknowledged', now);
        return nothing;
      case 'transferred':
        this.acted = true;
        return nothing;
      case 'message':
      case 'waits':
        this.acted = true;
        this.said.team += 1;
        this.waiting ||= what === 'waits';
        return nothing;
      case 'resumed':
        this.waiting = false;
        return nothing;
      case 'answered':
      case 'planned':
        // Withdrawn wins over work that is not yet delivered.
        if (this.state === 'withdrawn') return nothing;
        this.answers += 1;
        Object.assign(this, {
          plan: what === 'planned',
          answeredAt: now,
          waiting: false,
          acted: false,
          accepted: false,
        });
        Object.assign(this, { reachedAt: undefined, askedAgainAt: undefined, numbers: '' });
        this.enter('answered', now);
        return nothing;
      case 'reopened':
        this.acted = true;
        this.waiting = false;
        if (!['delivered', 'promised', 'confirmed', 'unconfirmed', 'unsettled'].includes(this.state))
          return nothing;
        // Of an erased person there is nobody to work for: the loop stays closed.
        this.enter(this.erased ? 'unconfirmed' : 'acknowledged', now);
        return this.erased ? publishes('closure.unconfirmed') : nothing;
      case 'disputed':
        this.waiting = false;
        return nothing;
      case 'repeated':
      case 'missed':
        return nothing;
    }
  }

  /** When silence says something next; the same instants as LOOP.md: 30 days unreached, 15 asked again, 30 silent. */
  wakeAt(): number | undefined {
    if (this.state === 'answered') return this.answeredAt + 30 * day;
    if (this.state !== 'delivered' || this.kind === 'praise') return undefined;
    const asked = this.reachedAt ?? this.since;
    if (this.askedAgainAt === undefined) return asked + 15 * day;
    return Math.max(asked + 30 * day, this.askedAgainAt + 15 * day);
  }

  wake(now: number): Expected {
    const due = this.wakeAt();
    if (due === undefined || now < due) return nothing;
    if (this.state === 'delivered' && this.askedAgainAt === undefined) {
      this.askedAgainAt = now;
      return nothing;
    }
    this.enter('unconfirmed', now);
    return publishes('closure.unconfirmed');
  }

  /** 422 for an answer that there is not, 409 for one that was replaced. */
  private oldOrUnknown(answerNo: number): Expected | undefined {
    if (answerNo > this.answers) return { refused: 'rule' };
    return answerNo < this.answers ? { refused: 'state' } : undefined;
  }

  private enter(state: LoopState, now: number): void {
    this.state = state;
    this.since = now;
  }
}
