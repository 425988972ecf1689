import fc from 'fast-check';
import { OrgChanged } from '#contracts';
import type { Aggregate, AggregateDocument } from '#messaging';
import { trustedDistrict } from '#platform';
import {
  advance,
  blank,
  guardedWrite,
  seenSeq,
  withSeen,
} from '../../../libs/messaging/src/store/document.js';
import { same } from './held.js';
import { applyWrite } from './memory-store.js';

const moon = trustedDistrict('moon');
const at = '2026-11-02T17:00:00.000Z';
const writers = 3;
const publishers = ['roster', 'casework'];

interface Names {
  names: string[];
  due?: string;
}
type Event = OrgChanged | { type: 'quiet'; name: string } | { type: 'due'; at?: string };

const aggregate: Aggregate<Names, Event> = {
  name: 'hot',
  evolve: (state, event) => {
    const { names, due } = state ?? { names: [] };
    if (event.type === 'due') return { names, ...(event.at && { due: event.at }) };
    return { names: [...names, event.name], ...(due && { due }) };
  },
  wakeAt: ({ due }) => due,
  index: ({ names }) => ({ last: names.at(-1) }),
};

/** `load` reads the newest; all others work on what was loaded; `write` tries to make it true. */
type Step = [what: 'load' | 'tell' | 'quiet' | 'due' | 'take' | 'write', writer: number, pick: number];

/**
 * Several writers of one document, each with what it read some time ago. The model knows only this: a write counts when
 * nobody else wrote since, and then all of it does.
 */
class Run {
  private readonly documents = new Map<string, AggregateDocument>();
  private readonly hands: {
    before: AggregateDocument<Names>;
    after: AggregateDocument<Names>;
    did: string[];
    readAt: number;
  }[];
  private readonly true_: string[] = [];
  private version = 0;
  private names = 0;

  constructor() {
    this.hands = Array.from({ length: writers }, () => this.loaded());
  }

  step([what, writer, pick]: Step): void {
    const hand = this.hands[writer]!;
    const name = `n${(this.names += 1)}`;
    const orgId = `org-${pick % 2}`;
    if (what === 'load') this.hands[writer] = this.loaded();
    else if (what === 'tell')
      this.fold(
        hand,
        [{ type: 'org.changed', orgId, name, level: 'school', active: true, at }],
        `tell ${orgId} ${name}`,
      );
    else if (what === 'quiet') this.fold(hand, [{ type: 'quiet', name }], `quiet ${name}`);
    else if (what === 'due')
      this.fold(hand, [pick % 2 ? { type: 'due', at } : { type: 'due' }], `due ${pick % 2}`);
    else if (what === 'take') this.take(hand, publishers[(pick >> 1) % 2]!, orgId);
    else this.write(writer);
  }

  /** What stands in the document is what the model says was written, in order. */
  compare(): void {
    const document =
      (this.documents.get('moon/it') as AggregateDocument<Names> | undefined) ?? blank<Names>(moon, 'it');
    const told = this.true_.filter((line) => line.startsWith('tell ')).map((line) => line.split(' '));
    same(document.version, this.version, 'version');
    same(
      document.state?.names ?? [],
      this.true_.flatMap((line) => /^(?:tell \S+|quiet) (\S+)$/.exec(line)?.[1] ?? []),
      'names',
    );
    same(
      document.events.map(({ n, data }) => [n, data['name']]),
      told.map(([, , name], i) => [i + 1, name]),
      'events and their n',
    );
    same(document.count, told.length, 'count');
    for (const orgId of ['org-0', 'org-1']) {
      const seqs = document.events.filter(({ key }) => key === orgId).map(({ seq }) => seq);
      same(
        seqs,
        seqs.map((_, i) => i + 1),
        `seqs of ${orgId}`,
      );
      for (const publisher of publishers)
        same(
          seenSeq(document, publisher, orgId),
          this.true_.filter((line) => line === `take ${publisher} ${orgId}`).length,
          'seen',
        );
    }
    same(
      new Set(document.seen.map((one) => `${one.publisher}/${one.key}`)).size,
      document.seen.length,
      'seen, each line once',
    );
    same(document.pending === true, told.length > 0, 'pending');
    const due = this.true_.findLast((line) => line.startsWith('due'));
    same(document.wakeAt?.toISOString(), due === 'due 1' ? at : undefined, 'wakeAt');
  }

  private loaded(): Run['hands'][number] {
    const before =
      (this.documents.get('moon/it') as AggregateDocument<Names> | undefined) ?? blank<Names>(moon, 'it');
    return { before, after: before, did: [], readAt: this.version };
  }

  private fold(hand: Run['hands'][number], events: Event[], did: string): void {
    hand.after = advance(aggregate, hand.after, events, at);
    hand.did.push(did);
  }

  /** The next event of a line, or one that was taken already. */
  private take(hand: Run['hands'][number], publisher: string, key: string): void {
    hand.after = withSeen(hand.after, publisher, key, seenSeq(hand.after, publisher, key) + 1);
    hand.did.push(`take ${publisher} ${key}`);
  }

  private write(writer: number): void {
    const { before, after, did, readAt } = this.hands[writer]!;
    if (after === before) return;
    const written = applyWrite(this.documents, guardedWrite(before, after));
    same(written, readAt === this.version, 'written');
    if (written) {
      this.version += 1;
      this.true_.push(...did);
    }
    this.hands[writer] = this.loaded();
    this.compare();
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('load', 'tell', 'tell', 'quiet', 'due', 'take', 'take', 'write', 'write'),
    fc.nat({ max: writers - 1 }),
    fc.nat({ max: 100 }),
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

export const document = fc.property(steps, (all) => {
  const run = new Run();
  for (const step of all) run.step(step);
});
