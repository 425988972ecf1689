import type { Bench } from './bench.js';
import { reached, staysAway } from './check.js';
import type { Held, Match } from './tap.js';

/** The write of an effect that brings this name: an insert of a document that was not there. */
export const effect =
  (name: string): Match =>
  (one) =>
    ['insert names', 'update names'].includes(one.what) && one.text.includes(name);

/** While the database holds something back, no offset of it may be committed: a kill now would lose it. */
export async function neverCommitted(bench: Bench, tell: () => Promise<void>, held: Held): Promise<void> {
  const before = await bench.committed();
  await tell();
  await reached(held, 'the write');
  // Offsets are committed twice a second.
  await staysAway(
    async () => (await bench.committed()) > before,
    'the offset was committed before the event was durably dealt with: a kill now would lose it',
    1_600,
  );
}

/** Publishes several events so that one fetch brings them all: none is made while the batch before it is held. */
export async function together(
  bench: Bench,
  tell: () => Promise<void>,
  then: () => Promise<void> = async () => undefined,
): Promise<void> {
  const reader = await bench.reader();
  const name = `first-${Math.random()}`;
  const write = reader.mongo.hold(effect(name));
  await bench.tell(name, name);
  await reached(write, 'the write');
  await tell();
  write.release();
  await then();
  await bench.settled();
}
