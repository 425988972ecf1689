import fc from 'fast-check';
import { RuleBroken, StateRefuses } from '#contracts';
import { rounds } from '../../../apps/family-council/src/rounds/round.store.js';
import {
  contactHows,
  contactResults,
  coverageOf,
  listFamilies,
  logContact,
  openRound,
  recordReportBack,
} from '../../../apps/family-council/src/rounds/round.js';
import type { Contact, Family, Round, RoundEvent } from '../../../apps/family-council/src/rounds/round.js';
import { Kept, same } from './held.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
const instant = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString();
const [opens, closes] = [10, 60];

type Step = [what: 'list' | 'contact' | 'report' | 'time', pick: number, other: number];
type Outcome = 'taken' | 'nothing' | 'rule' | 'state';

/** A representative's cycle: who is listed, who was reached, who was told. Coverage counts distinct families both ways. */
class Run {
  private readonly kept = new Kept<Round, RoundEvent>(rounds, 'round-1');
  private minutes = 0;
  private families: Family[] = [];
  private lists = 0;
  private readonly contacts = new Map<string, Contact>();
  private readonly reached = new Set<string>();
  private readonly told = new Set<string>();

  constructor() {
    const plan = { orgId: 'school', title: 'Autumn', brief: 'Lunch', representative: 'rosa', digest: 'd' };
    this.kept.take(
      openRound({ ...plan, opensAt: instant(opens), closesAt: instant(closes) }, instant(0)),
      instant(0),
    );
  }

  step([what, pick, other]: Step): void {
    this.minutes += what === 'time' ? pick % 12 : 1;
    if (what === 'list') this.list(pick, other);
    if (what === 'contact') this.contact(pick, other);
    if (what === 'report') this.report(pick);
    this.compare();
  }

  private get stage(): 'before' | 'open' | 'closed' {
    if (this.minutes < opens) return 'before';
    return this.minutes < closes ? 'open' : 'closed';
  }

  private get now(): string {
    return instant(this.minutes);
  }

  private list(pick: number, other: number): void {
    const names = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5'].filter((_, i) => (pick >> i) % 2 === 0);
    if (other % 10 === 0 && names[0]) names.push(names[0]);
    const families = names.map((familyRef, i) => ({
      familyRef,
      language: 'en',
      contactAllowed: (other >> i) % 2 === 0,
    }));
    let wanted: Outcome = 'taken';
    if (this.stage === 'closed') wanted = 'state';
    else if (new Set(names).size < names.length) wanted = 'rule';
    this.expect(wanted, () => listFamilies(this.kept.state, families, this.now));
    if (wanted !== 'taken') return;
    this.families = families;
    this.lists += 1;
  }

  private contact(pick: number, other: number): void {
    const contactId = `contact-${pick % 20}`;
    const contact: Contact = {
      contactId,
      digest: other % 8 === 0 ? 'other' : 'same',
      familyRef: `f${pick % 7}`,
      how: contactHows[other % contactHows.length]!,
      result: contactResults[pick % contactResults.length]!,
      at: instant(this.minutes + (other % 9 === 0 ? 1 : -1)),
    };
    const family = this.families.find(({ familyRef }) => familyRef === contact.familyRef);
    const before = this.contacts.get(contactId);
    let wanted: Outcome = 'taken';
    if (before) wanted = before.digest === contact.digest ? 'nothing' : 'rule';
    else if (!family || contact.at > this.now) wanted = 'rule';
    else if (!family.contactAllowed && !['in-person', 'meeting'].includes(contact.how)) wanted = 'rule';
    else if (this.stage !== 'open') wanted = 'state';
    this.expect(wanted, () => logContact(this.kept.state, contact, this.now));
    if (wanted !== 'taken') return;
    this.contacts.set(contactId, contact);
    if (contact.result !== 'no-answer') this.reached.add(contact.familyRef);
  }

  private report(pick: number): void {
    const refs = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5'].filter((_, i) => (pick >> i) % 2 === 1);
    const strange = refs.some((ref) => !this.families.some(({ familyRef }) => familyRef === ref));
    const fresh = refs.filter((ref) => !this.told.has(ref));
    const wanted: Outcome = strange ? 'rule' : fresh.length > 0 ? 'taken' : 'nothing';
    this.expect(wanted, () => recordReportBack(this.kept.state, [...refs, ...refs]));
    if (wanted === 'taken') for (const ref of fresh) this.told.add(ref);
  }

  private expect(wanted: Outcome, act: () => RoundEvent[]): void {
    let found: Outcome;
    try {
      found = this.kept.take(act(), this.now).length > 0 ? 'taken' : 'nothing';
    } catch (error) {
      if (error instanceof RuleBroken) found = 'rule';
      else if (error instanceof StateRefuses) found = 'state';
      else throw error;
    }
    same(found, wanted, `what came of it while ${this.stage}`);
  }

  private compare(): void {
    const { state, document } = this.kept;
    const listed = this.families.map(({ familyRef }) => familyRef);
    same(state.families, this.families, 'families');
    same(state.familiesNo, this.lists, 'lists');
    same(state.contacts, [...this.contacts.values()], 'contacts, each once');
    same(state.reportedBack, [...this.told], 'families that were told, each once');
    const coverage = {
      families: listed.length,
      contacted: listed.filter((ref) => this.reached.has(ref)).length,
      reportedBack: listed.filter((ref) => this.told.has(ref)).length,
    };
    same(coverageOf(state), coverage, 'coverage');
    same(document.events, [], 'a round publishes nothing');
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('list', 'contact', 'contact', 'contact', 'report', 'time'),
    fc.nat({ max: 999 }),
    fc.nat({ max: 999 }),
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

export const round = fc.property(steps, (all) => {
  const run = new Run();
  for (const step of all) run.step(step);
});
