import type { Kind, LoopState, Outcome, Participation } from '#contracts';

export type Act =
  'acknowledge' | 'assign' | 'message' | 'note' | 'transfer' | 'participation' | 'answer' | 'reopen';
/** What the origin says of the input. */
export type Said =
  | ('message' | 'delivered' | 'undeliverable' | 'confirmed' | 'disputed' | 'partly' | 'unconfirmed')
  | ('withdrawn' | 'erased');

export interface Person {
  userId: string;
  team: string;
  lead: boolean;
}

export type Expected = { publishes: string[] } | { refused: 'state' | 'rule' | 'person' };
const nothing: Expected = { publishes: [] };

const levels: Participation[] = ['inform', 'consult', 'involve', 'collaborate', 'share power'];
const open: LoopState[] = ['routed', 'acknowledged', 'disputed'];
const order: Act[] = [
  'acknowledge',
  'assign',
  'message',
  'note',
  'transfer',
  'participation',
  'answer',
  'reopen',
];
const working: Act[] = order.slice(0, -1);
/** Of the team that is offered a case. */
const accepting: Act[] = ['acknowledge', 'assign', 'message', 'answer'];

/** The table of the loop for the people of a team, small and by itself. Times are minutes. */
export class CaseModel {
  state: LoopState = 'routed';
  answers = 0;
  messages = 0;
  team = 'transport';
  pending: { team: string; until: number } | undefined;
  takenOn = false;
  assignee: string | undefined;
  waiting = false;
  erased = false;
  private takenBack = false;
  private plan = false;
  private gone = false;
  private missed = { acknowledge: false, answer: false };

  constructor(
    private readonly kind: Kind,
    public level: Participation,
    private readonly acknowledgeBy: number,
    public answerBy: number,
  ) {}

  /** Undefined for who has nothing to do with this case. */
  allowed(person: Person): Act[] | undefined {
    const side = this.side(person);
    if (!side) return undefined;
    if (this.erased) return [];
    const table: Partial<Record<LoopState, Act[]>> = {
      ...{ routed: working, acknowledged: working, disputed: working, answered: ['message', 'answer'] },
      ...{
        delivered: ['answer', 'reopen'],
        promised: ['answer'],
        confirmed: ['reopen'],
        unconfirmed: ['reopen'],
      },
      withdrawn: ['note'],
    };
    return (table[this.state] ?? []).filter((act) => side === 'owner' || accepting.includes(act));
  }

  acknowledge(person: Person): Expected {
    return this.refusal(person, 'acknowledge') ?? { publishes: this.takeOn(person) };
  }

  assign(person: Person, userId: string): Expected {
    const no = this.refusal(person, 'assign');
    if (no) return no;
    const first = this.takeOn(person);
    if (first.length === 0 && this.assignee === userId) return nothing;
    this.assignee = userId;
    return { publishes: [...first, 'case.assigned'] };
  }

  message(person: Person, waits: boolean): Expected {
    const no = this.refusal(person, 'message');
    if (no) return no;
    if (waits && !open.includes(this.state)) return { refused: 'rule' };
    const first = this.takeOn(person);
    this.waiting ||= waits;
    return { publishes: [...first, 'case.message'] };
  }

  note(person: Person): Expected {
    return this.refusal(person, 'note') ?? nothing;
  }

  transfer(person: Person, team: string, until: number): Expected {
    const no = this.refusal(person, 'transfer');
    if (no) return no;
    if (team === this.team) return { refused: 'rule' };
    this.pending = { team, until };
    return nothing;
  }

  participation(person: Person, level: Participation, reason: boolean): Expected {
    const no = this.refusal(person, 'participation');
    if (no) return no;
    if (level === this.level) return nothing;
    const lower = levels.indexOf(level) < levels.indexOf(this.level);
    if (lower && !person.lead) return { refused: 'person' };
    if (lower && !reason) return { refused: 'rule' };
    this.level = level;
    return { publishes: ['case.participation-changed'] };
  }

  answer(person: Person, outcome: Outcome, complete: boolean): Expected {
    const no = this.refusal(person, 'answer');
    if (no) return no;
    const owes =
      this.level !== 'inform' || ['planned', 'declined', 'not ours', 'already answered'].includes(outcome);
    const strange =
      (outcome === 'matched' && this.kind !== 'offer') ||
      (outcome === 'thanked' && this.kind !== 'praise') ||
      (outcome === 'already answered' && this.answers === 0);
    if ((owes && !complete) || strange) return { refused: 'rule' };
    const first = this.takeOn(person);
    this.pending = undefined;
    this.answers += 1;
    Object.assign(this, { state: 'answered', plan: outcome === 'planned', waiting: false, takenBack: false });
    return { publishes: [...first, 'case.answered'] };
  }

  reopen(person: Person): Expected {
    const no = this.refusal(person, 'reopen');
    if (no) return no;
    Object.assign(this, { state: 'acknowledged', takenBack: true, waiting: false });
    this.missed.answer = false;
    return { publishes: ['case.reopened'] };
  }

  /** What the origin says is never refused; undefined for what no origin says now. */
  said(what: Said, answerNo: number, pick: number): Expected | undefined {
    if (this.gone || (answerNo < 1 && !['message', 'withdrawn', 'erased'].includes(what))) return undefined;
    const newest = answerNo === this.answers;
    switch (what) {
      case 'message':
        this.messages += 1;
        return this.resumed();
      case 'withdrawn':
        if (pick % 3 > 0 || !['routed', 'acknowledged', 'answered', 'disputed'].includes(this.state))
          return undefined;
        this.gone = true;
        this.pending = undefined;
        Object.assign(this, { state: 'withdrawn', waiting: false });
        return nothing;
      case 'erased':
        // An open loop is closed first, in an event of its own; what is closed is only erased.
        if (!['confirmed', 'unconfirmed', 'withdrawn'].includes(this.state)) return undefined;
        this.gone = true;
        this.erased = true;
        return nothing;
      case 'undeliverable':
        return nothing;
      case 'delivered':
        if (newest && this.state === 'answered') this.state = this.plan ? 'promised' : 'delivered';
        return nothing;
      case 'confirmed':
        if (newest && !this.takenBack) this.close('confirmed');
        else if (newest && this.state === 'disputed') this.state = 'acknowledged';
        return nothing;
      case 'unconfirmed':
        if (this.state === 'disputed') return undefined;
        if (newest && !this.takenBack) this.close('unconfirmed');
        return nothing;
      case 'disputed':
      case 'partly':
        if (!newest || this.state === 'disputed') return nothing;
        Object.assign(this, { state: 'disputed', waiting: false });
        this.missed.answer = false;
        return { publishes: ['case.reopened'] };
    }
  }

  wake(now: number): Expected {
    const publishes: string[] = [];
    if (this.pending && this.pending.until <= now) {
      // An offer of what was settled meanwhile is void.
      if (['confirmed', 'unconfirmed', 'withdrawn'].includes(this.state)) this.pending = undefined;
      else publishes.push(this.accept());
    }
    if (!open.includes(this.state) || this.waiting) return { publishes };
    const late = {
      acknowledge: this.state === 'routed' && this.acknowledgeBy <= now,
      answer: this.answerBy <= now,
    };
    for (const step of ['acknowledge', 'answer'] as const) {
      if (!late[step] || this.missed[step]) continue;
      this.missed[step] = true;
      publishes.push('target.missed');
    }
    return { publishes };
  }

  /** The first instant at which something must be told; a risk may be told before it. */
  wakeAt(): number | undefined {
    const dues = this.pending ? [this.pending.until] : [];
    if (open.includes(this.state) && !this.waiting) {
      if (this.state === 'routed' && !this.missed.acknowledge) dues.push(this.acknowledgeBy);
      if (!this.missed.answer) dues.push(this.answerBy);
    }
    return dues.length > 0 ? Math.min(...dues) : undefined;
  }

  private side({ team }: Person): 'owner' | 'receiver' | undefined {
    if (team === this.team) return 'owner';
    return team === this.pending?.team ? 'receiver' : undefined;
  }

  private refusal(person: Person, act: Act): Expected | undefined {
    const may = this.allowed(person);
    if (!may) return { refused: 'person' };
    if (may.includes(act)) return undefined;
    const owner = this.allowed({ ...person, team: this.team })!;
    return { refused: owner.includes(act) ? 'person' : 'state' };
  }

  private takeOn(person: Person): string[] {
    const first = this.side(person) === 'receiver' ? [this.accept()] : [];
    if (this.takenOn) return first;
    if (!open.includes(this.state)) return first;
    this.takenOn = true;
    if (this.state === 'routed') this.state = 'acknowledged';
    return [...first, 'case.acknowledged'];
  }

  private accept(): string {
    this.team = this.pending!.team;
    Object.assign(this, { pending: undefined, takenOn: false, assignee: undefined });
    return 'case.transferred';
  }

  private resumed(): Expected {
    if (!this.waiting) return nothing;
    this.waiting = false;
    return { publishes: ['case.resumed'] };
  }

  private close(state: 'confirmed' | 'unconfirmed'): void {
    Object.assign(this, { state, waiting: false });
  }
}
