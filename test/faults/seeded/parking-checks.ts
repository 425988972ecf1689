import { comes, must, mustCome, mustEqual, reached } from './check.js';
import type { Check } from './check.js';
import { effect, neverCommitted, together } from './schedules.js';
import type { Match } from './tap.js';

/* What a build must do with what it cannot read or apply, and with what waits behind it. */

const parking =
  (orgId: string): Match =>
  (one) =>
    one.what === 'insert parked' && one.text.includes(`moon/${orgId}`);

/** The question which parked events are due, which a reader asks every two seconds. */
const retrying: Match = (one) => one.what === 'find parked' && one.text.includes('nextTryAt');

export const parkingChecks: Check[] = [
  {
    name: 'what cannot be read is parked and holds nothing',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      const before = await bench.db('reporting').collection('parked').countDocuments({ kind: 'unreadable' });
      await bench.tellBytes('bytes', Buffer.from([0xff, 0xfe, 0x00, 0x7b]));
      await bench.tell('bytes', 'bytes-1');
      await mustCome(
        async () => (await bench.names('bytes')).length > 0,
        'an event behind bytes that are no event was never applied: they hold up their partition',
      );
      await bench.settled();
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
      // Retries of its own would take both events, the second before it can be lost.
      const retries = reader.mongo.hold(retrying);
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
      retries.release();
      await comes(
        async () =>
          (await bench.names('release')).length === 2 || (await bench.parked('release')).length === 0,
        'the second event to be applied',
      );
      await reader.ask('mend', false);
      mustEqual(
        await bench.names('release'),
        ['poison-release', 'release-2'],
        'names of a key that was released meanwhile',
      );
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
    name: 'a lost database parks nothing',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await bench.settled();
      const cut = reader.mongo.cut(effect('lost-1'));
      await bench.tell('lost', 'lost-1');
      // Each of ours is two of the driver's.
      const hasTriedFourTimes = (): boolean => reader.mongo.seen.filter(effect('lost-1')).length >= 8;
      const isParked = async (): Promise<boolean> => (await bench.parked('lost')).length > 0;
      try {
        await comes(
          async () => hasTriedFourTimes() || (await isParked()) || (await bench.isSettled()),
          'the fourth try',
        );
        must(!(await isParked()), 'an event was parked because the database was lost');
        must(
          !(await bench.isSettled()),
          'the offset was committed while the database was lost: so is the event',
        );
      } finally {
        cut.end();
      }
      await bench.settled();
      mustEqual(
        [await bench.names('lost'), await bench.parked('lost')],
        [['lost-1'], []],
        'names once the database is back, and what is parked',
      );
    },
  },
  {
    name: 'a document that the database refuses fails alone',
    side: 'reader',
    async run(bench) {
      const validator = { 'state.names': { $ne: 'forbidden' } };
      const reader = await bench.reader();
      await bench.db('reporting').command({ collMod: 'names', validator });
      const isDoneOverAndOver = (): boolean => reader.mongo.seen.filter(effect('forbidden')).length >= 4;
      await together(
        bench,
        async () => {
          await bench.tell('refused', 'forbidden');
          await bench.tell('allowed', 'allowed-1');
        },
        async () => {
          await comes(async () => isDoneOverAndOver() || (await bench.isSettled()), 'the end of the batch');
          must(!isDoneOverAndOver(), 'a batch is done over and over because of one document in it');
        },
      );
      mustEqual(await bench.names('allowed'), ['allowed-1'], 'names of the document beside it');
      mustEqual(
        (await bench.parked('refused')).map(({ kind }) => kind),
        ['failed'],
        'what is parked of the refused one',
      );
    },
  },
];
