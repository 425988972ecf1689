import type { Bench, Instance } from './bench.js';
import { comes, reached, staysAway } from './check.js';
import type { Held, Match, Request, Tap } from './tap.js';

export const command =
  (what: string, text: string): Match =>
  (one) =>
    one.what === what && one.text.includes(text);
export const produce = (name: string): Match => command('Produce', name);
export const sent = (tap: Tap, ...names: string[]): Request | undefined =>
  tap.seen.find((one) => one.what === 'Produce' && names.every((name) => one.text.includes(name)));
export const isSent = (writer: Instance, name: string): Promise<Request> =>
  comes(() => sent(writer.kafka, name), `${name} to be published`);

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

/** It is killed, and its leases are free for the next one. */
export async function dies(writer: Instance, bench: Bench): Promise<void> {
  await writer.kill();
  await bench.leasesRunOut();
}
