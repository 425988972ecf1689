import { RuleBroken, StateRefuses } from '#contracts';
import { isRepeat } from '#loop';

export const contactHows = ['phone', 'in-person', 'message', 'meeting', 'letter'] as const;
export type ContactHow = (typeof contactHows)[number];

export const contactResults = ['reached', 'left-word', 'no-answer', 'declined'] as const;
export type ContactResult = (typeof contactResults)[number];

/** A family that a representative speaks for; `familyRef` is the representative's own opaque word for it, never a name. */
export interface Family {
  familyRef: string;
  language: string;
  contactAllowed: boolean;
}

export interface Contact {
  contactId: string;
  digest: string;
  familyRef: string;
  how: ContactHow;
  result: ContactResult;
  at: string;
}

/** One cycle of a representative: reach out, gather, carry, report back. Concerns are documents of their own. */
export interface Round {
  orgId: string;
  title: string;
  brief: string;
  opensAt: string;
  closesAt: string;
  /** The representative who opened it: our own id, the token's subject. */
  representative: string;
  openedAt: string;
  /** Of the request that opened it: the same key with another body is refused. */
  digest: string;
  families: Family[];
  /** Counts the lists of families that were put, from 1; 0 before the first. */
  familiesNo: number;
  contacts: Contact[];
  /** Families that were reported back to, each once, in the order of the first time. */
  reportedBack: string[];
}

/** Internal facts: a round publishes nothing, the inputs that its concerns raise do. */
export type RoundEvent =
  | ({ type: 'round.opened'; openedAt: string } & OpenRound)
  | { type: 'round.families-listed'; families: Family[] }
  | ({ type: 'round.contact-logged' } & Contact)
  | { type: 'round.reported-back'; familyRefs: string[] };

export type OpenRound = Pick<
  Round,
  'orgId' | 'title' | 'brief' | 'opensAt' | 'closesAt' | 'representative' | 'digest'
>;

/** Distinct families, both ways. */
export interface Coverage {
  families: number;
  contacted: number;
  reportedBack: number;
}

export const MOST_FAMILIES = 1_000;
/** Contacts are kept in the round's own document: three for each family of the largest round. */
export const MOST_CONTACTS = 3_000;

export type RoundStage = 'not open yet' | 'open' | 'closed';

export function stageOf(round: Pick<Round, 'opensAt' | 'closesAt'>, now: string): RoundStage {
  if (now < round.opensAt) return 'not open yet';
  return now < round.closesAt ? 'open' : 'closed';
}

export function openRound(command: OpenRound, now: string): RoundEvent[] {
  if (command.closesAt <= command.opensAt) {
    throw new RuleBroken('closesAt', 'after-opens-at', 'closesAt must be after opensAt');
  }
  if (command.closesAt <= now) {
    throw new RuleBroken('closesAt', 'in-the-future', 'closesAt must be in the future');
  }
  return [{ type: 'round.opened', ...command, openedAt: now }];
}

/** The whole list, in place of the one before. What was said of a family that is no longer listed is kept, uncounted. */
export function listFamilies(round: Round, families: Family[], now: string): RoundEvent[] {
  if (stageOf(round, now) === 'closed') throw new StateRefuses('list families', 'closed', ['report back']);
  const seen = new Set<string>();
  families.forEach(({ familyRef }, i) => {
    if (seen.has(familyRef)) {
      throw new RuleBroken(`families.${i}.familyRef`, 'once-each', `${familyRef} is listed twice`);
    }
    seen.add(familyRef);
  });
  return [{ type: 'round.families-listed', families }];
}

/** Logs that a family was reached for, and what came of it. The same request again logs nothing new. */
export function logContact(round: Round, contact: Contact, now: string): RoundEvent[] {
  const before = round.contacts.find(({ contactId }) => contactId === contact.contactId);
  if (isRepeat(before, contact)) return [];
  const family = round.families.find(({ familyRef }) => familyRef === contact.familyRef);
  if (!family) throw unknownFamily('familyRef', contact.familyRef);
  if (contact.at > now) throw new RuleBroken('at', 'not-in-the-future', 'at lies in the future');
  if (!family.contactAllowed && !isTheirsToBegin(contact.how)) {
    const advice =
      'this family is not to be contacted; only what it came to itself (in-person, meeting) is logged';
    throw new RuleBroken('how', 'contact-allowed', advice);
  }
  refuseUnlessOpen(round, 'log a contact', now);
  if (round.contacts.length >= MOST_CONTACTS) {
    const most = `a round holds ${MOST_CONTACTS} contacts at most`;
    throw new RuleBroken('familyRef', `at-most-${MOST_CONTACTS}-contacts`, most);
  }
  return [{ type: 'round.contact-logged', ...contact }];
}

function isTheirsToBegin(how: ContactHow): boolean {
  return how === 'in-person' || how === 'meeting';
}

/** Remembers which families were reported back to. Known already: nothing. */
export function recordReportBack(round: Round, familyRefs: readonly string[]): RoundEvent[] {
  refuseUnlessKnown(round, familyRefs, 'familyRefs');
  const fresh = [...new Set(familyRefs)].filter((familyRef) => !round.reportedBack.includes(familyRef));
  return fresh.length > 0 ? [{ type: 'round.reported-back', familyRefs: fresh }] : [];
}

/** 422 that names the place of the first reference that the round does not list. */
export function refuseUnlessKnown(round: Round, familyRefs: readonly string[], field: string): void {
  const known = new Set(round.families.map(({ familyRef }) => familyRef));
  familyRefs.forEach((familyRef, i) => {
    if (!known.has(familyRef)) throw unknownFamily(`${field}.${i}`, familyRef);
  });
}

/** Gathering has its time; reporting back does not end with it. */
export function refuseUnlessOpen(round: Round, action: string, now: string): void {
  const stage = stageOf(round, now);
  if (stage === 'open') return;
  throw new StateRefuses(action, stage, stage === 'closed' ? ['report back'] : ['list families']);
}

function unknownFamily(field: string, familyRef: string): RuleBroken {
  return new RuleBroken(field, 'known-family', `${familyRef} is not a family of this round`);
}

/** A family is contacted when word reached it or was left with it; ringing in vain is an attempt, not a contact. */
export function contactedFamilies(round: Round): Set<string> {
  return new Set(
    round.contacts.flatMap(({ result, familyRef }) => (result === 'no-answer' ? [] : [familyRef])),
  );
}

export function coverageOf(round: Round): Coverage {
  const contacted = contactedFamilies(round);
  const reportedBack = new Set(round.reportedBack);
  return {
    families: round.families.length,
    contacted: round.families.filter(({ familyRef }) => contacted.has(familyRef)).length,
    reportedBack: round.families.filter(({ familyRef }) => reportedBack.has(familyRef)).length,
  };
}

export function evolveRound(state: Round | undefined, event: RoundEvent): Round {
  if (event.type === 'round.opened') {
    const { type: _, ...opened } = event;
    return { ...opened, families: [], familiesNo: 0, contacts: [], reportedBack: [] };
  }
  if (!state) throw new Error(`${event.type} before round.opened`);
  switch (event.type) {
    case 'round.families-listed':
      return { ...state, families: event.families, familiesNo: state.familiesNo + 1 };
    case 'round.contact-logged': {
      const { type: _, ...contact } = event;
      return { ...state, contacts: [...state.contacts, contact] };
    }
    case 'round.reported-back':
      return { ...state, reportedBack: [...state.reportedBack, ...event.familyRefs] };
  }
}
