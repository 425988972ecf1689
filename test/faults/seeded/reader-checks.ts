import type { Bench } from './bench.js';
import { comes, must, mustEqual, reached, staysAway } from './check.js';
import type { Check } from './check.js';
import { commandOf } from './protocols.js';
import type { Held, Match } from './tap.js';

/*
 * What a build must do when it reads. The suite itself publishes; each check uses organisations and names of its own,
 * and judges by what is in the reader's database once the reader is done with every event.
 */

/** The write of an effect that brings this name. */
const effect =
  (name: string): Match =>
  (one) =>
    one.what === 'update names' && one.text.includes(name);
const parking =
  (orgId: string): Match =>
  (one) =>
    one.what === 'insert parked' && one.text.includes(`moon/${orgId}`);

export const readerChecks: Check[] = [
  {
    name: 'a reader without offsets begins at the beginning',
    side: 'reader',
    async run(bench) {
      await bench.tell('early', 'early-1');
      await bench.reader();
      await comes(
        async () => (await bench.names('early')).length > 0,
        'an event that was there before the reader',
      );
    },
  },
  {
    name: 'an event waits for the one before it',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      await bench.tell('gap', 'gap-2', 2);
      await bench.settled();
      mustEqual(await bench.names('gap'), [], 'names before the first event');
      await bench.tell('gap', 'gap-1', 1);
      await bench.settled();
      mustEqual(await bench.names('gap'), ['gap-1', 'gap-2'], 'names');
    },
  },
  {
    name: 'an event that changes nothing is seen all the same',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      await bench.tell('idle', 'nothing');
      await bench.settled();
      await bench.tell('idle', 'idle-2');
      await bench.settled();
      mustEqual(await bench.names('idle'), ['idle-2'], 'names');
    },
  },
  {
    name: 'each publisher has numbers of its own',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      await bench.tell('two', 'two-roster');
      await bench.settled();
      await bench.tell('two', 'two-casework', 1, 'casework');
      await bench.settled();
      mustEqual(await bench.names('two'), ['two-roster', 'two-casework'], 'names');
    },
  },
  {
    name: 'a repeat, or an effect whose answer was lost, is not done twice',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      for (const seq of [1, 2, 1, 2]) {
        await bench.tell('repeat', `repeat-${seq}`, seq);
        await bench.settled();
      }
      mustEqual(await bench.names('repeat'), ['repeat-1', 'repeat-2'], 'names');
      const lose = reader.mongo.loseAnswers(effect('lost-answer'));
      await bench.tell('answer', 'lost-answer');
      await comes(async () => (await bench.names('answer')).length > 0, 'the effect').finally(() =>
        lose.end(),
      );
      await bench.settled();
      mustEqual(
        [await bench.names('answer'), await bench.parked('answer')],
        [['lost-answer'], []],
        'names, and what is parked',
      );
    },
  },
  {
    name: 'what cannot be read is parked and holds nothing',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      const before = await bench.db('reporting').collection('parked').countDocuments({ kind: 'unreadable' });
      await bench.tellBytes('bytes', Buffer.from([0xff, 0xfe, 0x00, 0x7b]));
      await bench.tell('bytes', 'bytes-1');
      await bench.settled();
      mustEqual(await bench.names('bytes'), ['bytes-1'], 'names behind bytes that are no event');
      const parked = await bench.db('reporting').collection('parked').countDocuments({ kind: 'unreadable' });
      mustEqual(parked, before + 1, 'parked bytes');
    },
  },
  {
    name: 'what waits behind a failed event waits, of every publisher, until it is applied',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.tell('behind', 'poison-behind');
      await bench.settled();
      await bench.tell('behind', 'behind-2');
      await bench.tell('behind', 'behind-casework', 1, 'casework');
      await bench.tell('beside', 'beside-1');
      await bench.settled();
      mustEqual(await bench.names('beside'), ['beside-1'], 'names of another key');
      await reader.ask('drain', 'behind');
      mustEqual(await bench.names('behind'), [], 'names while the first event still fails');
      await reader.ask('mend', true);
      await comes(async () => (await reader.ask('drain', 'behind')) === 0, 'all of the key to be applied');
      await reader.ask('mend', false);
      const names = await bench.names('behind');
      mustEqual(
        names.toSorted(),
        ['behind-2', 'behind-casework', 'poison-behind'],
        'names, once it is mended',
      );
      must(names[0] === 'poison-behind', 'an event went before the failed one in front of it');
    },
  },
  {
    name: 'a discarded event stays discarded when everything is read again',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.tell('discard', 'poison-discard', 1);
      await bench.tell('discard', 'discard-2', 2);
      await bench.settled();
      const [failed] = await bench.parked('discard');
      await reader.ask('discard', failed!.id);
      mustEqual(await bench.names('discard'), ['discard-2'], 'names after the first was discarded');
      await bench
        .db('reporting')
        .collection('names')
        .deleteOne({ _id: 'moon/discard' as never });
      await reader.ask('mend', true);
      await bench.tell('discard', 'poison-discard', 1);
      await bench.tell('discard', 'discard-2', 2);
      await bench.settled();
      await reader.ask('mend', false);
      mustEqual(await bench.names('discard'), ['discard-2'], 'names, made again from the topic');
    },
  },
  {
    name: 'what is parked while a key is released is not lost',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.tell('release', 'poison-release');
      await bench.settled();
      await reader.ask('mend', true);
      const write = reader.mongo.hold(effect('poison-release'));
      const draining = reader.ask('drain', 'release');
      await reached(write, 'the write');
      await bench.tell('release', 'release-2');
      await comes(async () => (await bench.parked('release')).length === 2, 'the second event to be parked');
      write.release();
      await draining;
      await comes(
        async () =>
          (await bench.names('release')).length === 2 || (await bench.parked('release')).length === 0,
        'the second event to be applied',
      );
      await reader.ask('mend', false);
      mustEqual(await bench.names('release'), ['poison-release', 'release-2'], 'names');
    },
  },
  {
    name: 'an offset is committed after the effect',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.settled();
      const write = reader.mongo.hold(effect('commit-1'));
      await neverCommitted(bench, () => bench.tell('commit', 'commit-1'), write);
      write.release();
      await bench.settled();
      mustEqual(await bench.names('commit'), ['commit-1'], 'names');
    },
  },
  {
    name: 'an offset is committed after what waits is parked',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.settled();
      const insert = reader.mongo.hold(parking('hold'));
      await neverCommitted(bench, () => bench.tell('hold', 'hold-2', 2), insert);
      insert.release();
      await bench.settled();
      mustEqual(
        (await bench.parked('hold')).map(({ kind }) => kind),
        ['gap'],
        'what is parked',
      );
    },
  },
  {
    name: 'an effect that was overtaken is done again, and nothing is overwritten',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await reader.ask('note', 'race-known', 'race-begin');
      for (const [orgId, begin] of [
        ['race-known', ['race-begin']],
        ['race-new', []],
      ] as const) {
        const write = reader.mongo.hold(effect(`${orgId}-effect`));
        await bench.tell(orgId, `${orgId}-effect`);
        await reached(write, 'the write');
        await reader.ask('note', orgId, `${orgId}-command`);
        write.release();
        await bench.settled();
        mustEqual(await bench.names(orgId), [...begin, `${orgId}-command`, `${orgId}-effect`], 'names');
      }
    },
  },
  {
    name: 'a lost database parks nothing',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      const cut = reader.mongo.cut(effect('lost-1'));
      await bench.tell('lost', 'lost-1');
      const tries = (): number => reader.mongo.seen.filter(effect('lost-1')).length;
      // Each of ours is two of the driver's.
      await comes(() => tries() >= 8, 'the fourth try').finally(() => cut.end());
      await bench.settled();
      mustEqual(
        [await bench.names('lost'), await bench.parked('lost')],
        [['lost-1'], []],
        'names, and what is parked',
      );
    },
  },
  {
    name: 'a document that the database refuses fails alone',
    side: 'reader',
    async run(bench) {
      const validator = { 'state.names': { $ne: 'forbidden' } };
      await bench.reader();
      await bench.db('reporting').command({ collMod: 'names', validator });
      await together(bench, async () => {
        await bench.tell('refused', 'forbidden');
        await bench.tell('allowed', 'allowed-1');
      });
      mustEqual(await bench.names('allowed'), ['allowed-1'], 'names of the document beside it');
      mustEqual(
        (await bench.parked('refused')).map(({ kind }) => kind),
        ['failed'],
        'what is parked of the refused one',
      );
    },
  },
  {
    name: 'districts with the same id in one batch stay apart',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      await together(bench, async () => {
        await bench.tell('apart', 'apart-moon', 1, 'roster', 'moon');
        await bench.tell('apart', 'apart-mars', 1, 'roster', 'mars');
      });
      mustEqual(
        [await bench.names('apart'), await bench.names('apart', 'mars')],
        [['apart-moon'], ['apart-mars']],
        'names',
      );
    },
  },
  {
    name: 'effects wait for the majority and its journals',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.tell('majority', 'majority-1');
      await bench.settled();
      const { writeConcern } = commandOf(reader.mongo.seen.find(effect('majority-1'))!);
      mustEqual([writeConcern?.w, writeConcern?.j], ['majority', true], 'write concern of an effect');
    },
  },
];

/** While the database holds something back, no offset of it may be committed: a kill now would lose it. */
async function neverCommitted(bench: Bench, tell: () => Promise<void>, held: Held): Promise<void> {
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
async function together(bench: Bench, tell: () => Promise<void>): Promise<void> {
  const reader = await bench.reader();
  const name = `first-${Math.random()}`;
  const write = reader.mongo.hold(effect(name));
  await bench.tell(name, name);
  await reached(write, 'the write');
  await tell();
  write.release();
  await bench.settled();
}
