import { comes, must, mustCome, mustEqual, pause, reached, staysAway } from './check.js';
import type { Check } from './check.js';
import { commandOf } from './protocols.js';
import { command, dies, isSent, produce, sent } from './schedules.js';
import type { Match } from './tap.js';

/*
 * What a build must do when it writes and publishes. Each check uses an organisation and names of its own, forces its
 * schedule on the wire, and says in its failure what was lost, doubled or told too early.
 */

/** An update of this document that brings no new state: its mark. */
const marks =
  (orgId: string): Match =>
  (one) =>
    command('update hot', `moon/${orgId}`)(one) && !one.text.includes('state');

export const writerChecks: Check[] = [
  {
    name: 'nothing is told before it is written',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'unwritten', 'unwritten-0');
      await isSent(writer, 'unwritten-0');
      const write = writer.mongo.hold(command('update hot', 'unwritten-1'));
      const change = writer.ask('change', 'unwritten', 'unwritten-1');
      await reached(write, 'the write');
      // What was handed to the publisher before this has gone with it or before it.
      await writer.ask('create', 'unwritten-beside', 'unwritten-2');
      await isSent(writer, 'unwritten-2');
      must(!sent(writer.kafka, 'unwritten-1'), 'an event was published while its write was still on the way');
      write.release();
      await change;
      await isSent(writer, 'unwritten-1');
    },
  },
  {
    name: 'what another instance could not publish goes first',
    side: 'writer',
    async run(bench) {
      const [stalled, other] = await Promise.all([bench.writer(), bench.writer('second')]);
      await stalled.ask('create', 'overtaken', 'overtaken-0');
      await isSent(stalled, 'overtaken-0');
      const send = stalled.kafka.hold(produce('overtaken-1'));
      await stalled.ask('change', 'overtaken', 'overtaken-1');
      await reached(send, 'the send');
      await other.ask('change', 'overtaken', 'overtaken-2');
      await isSent(other, 'overtaken-2');
      const text = other.kafka.seen
        .filter(({ what }) => what === 'Produce')
        .map((one) => one.text)
        .join('');
      const [first, second] = [text.indexOf('overtaken-1'), text.indexOf('overtaken-2')];
      must(first >= 0, 'the event of the stalled instance was left out: a reader never sees it');
      must(first < second, 'the newer event went before the older one');
      send.release();
    },
  },
  {
    name: 'one send of a document at a time',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'single', 'single-0');
      await isSent(writer, 'single-0');
      const send = writer.kafka.hold(produce('single-1'));
      await writer.ask('change', 'single', 'single-1');
      await reached(send, 'the send');
      await writer.ask('change', 'single', 'single-2');
      await writer.ask('create', 'single-beside', 'single-3');
      await comes(
        () => sent(writer.kafka, 'single-3') ?? sent(writer.kafka, 'single-2'),
        'another document to be published',
      );
      must(
        !sent(writer.kafka, 'single-2'),
        'a second send of a document went out before the first was acknowledged',
      );
      send.release();
      await isSent(writer, 'single-2');
    },
  },
  {
    name: 'commands wait for the majority and its journals',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'durable', 'durable-0');
      await writer.ask('change', 'durable', 'durable-1');
      for (const [what, name] of [
        ['insert hot', 'durable-0'],
        ['update hot', 'durable-1'],
      ] as const) {
        const { writeConcern } = commandOf(writer.mongo.seen.find(command(what, name))!);
        mustEqual([writeConcern?.w, writeConcern?.j], ['majority', true], `write concern of ${what}`);
      }
    },
  },
  {
    name: 'each creation of a group has a result of its own',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'group-3', 'begin');
      // While two writes are on the way, the next ones gather.
      const holds = ['group-a', 'group-b'].map((id) => writer.mongo.hold(command('insert hot', id)));
      const first = ['group-a', 'group-b'].map((id) => writer.ask('create', id, 'begin'));
      for (const hold of holds) await reached(hold, 'a write of its own');
      const group = writer.ask<boolean[]>('createAll', ['group-1', 'group-2', 'group-3', 'group-4']);
      // Asked of the same process behind it: what it does not wait for has been taken in by then.
      await writer.ask('republish', 'nobody');
      for (const hold of holds) hold.release();
      await Promise.all(first);
      mustEqual(await group, [true, true, false, true], 'which of the group were created');
    },
  },
  {
    name: 'a command that was overtaken decides again',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'claimed', 'claimed-0');
      const write = writer.mongo.hold(command('update hot', 'claimed-late'));
      const late = writer.ask('claim', 'claimed', 'claimed-late').then(
        () => 'taken',
        () => 'refused',
      );
      await reached(write, 'the write');
      await writer.ask('claim', 'claimed', 'claimed-early');
      write.release();
      mustEqual(await late, 'refused', 'a claim after another one');
      const { names } = (await bench.document('claimed'))['state'] as { names: string[] };
      mustEqual(names, ['claimed-0', 'claimed-early'], 'names');
    },
  },
  {
    name: 'a clock that was overtaken decides again',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'waking', 'waking-0');
      const write = writer.mongo.hold(
        (one) => command('update hot', 'moon/waking')(one) && one.text.includes('too-late'),
      );
      await writer.ask('due', 'waking');
      await reached(write, 'the write');
      await writer.ask('settle', 'waking');
      write.release();
      // The clock is done with it when it looks at what is due once more.
      const looks = (): number => writer.mongo.seen.filter(command('find hot', 'wakeAt')).length;
      const before = looks();
      await comes(() => looks() > before, 'the clock to look again');
      const { names } = (await bench.document('waking'))['state'] as { names: string[] };
      mustEqual(names, ['waking-0'], 'names after what was due was settled in time');
    },
  },
  {
    name: 'what is sent again has the same id and number',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'again', 'again-0');
      await writer.ask('change', 'again', 'again-1');
      await isSent(writer, 'again-1');
      const before = writer.kafka.seen.length;
      await writer.ask('republish', 'again');
      const { text } = await comes(
        () =>
          writer.kafka.seen.slice(before).find((one) => produce('again-0')(one) && produce('again-1')(one)),
        'both events again',
      );
      // Two events, each with its id and number in its headers, and no others.
      const ids = [...text.matchAll(/roster\/moon\/again\/(\d+)/g)].map(([, seq]) => Number(seq));
      const numbers = [...text.matchAll(/ce_seq.(\d+)/gs)].map(([, seq]) => Number(seq));
      mustEqual(
        [ids, numbers],
        [
          [1, 2],
          [1, 2],
        ],
        'ids and numbers',
      );
    },
  },
  {
    name: 'a send that failed is sent again',
    side: 'writer',
    async run(bench) {
      const writer = await bench.writer();
      await writer.ask('create', 'failing', 'failing-0');
      await isSent(writer, 'failing-0');
      const cut = writer.kafka.cut(produce('failing-1'));
      const tries = (): number => writer.kafka.seen.filter(produce('failing-1')).length;
      await writer.ask('change', 'failing', 'failing-1');
      // kafkajs tries four times; then the publisher has to.
      await comes(() => tries() >= 4, 'four tries');
      await pause(300);
      cut.end();
      const before = tries();
      await mustCome(() => tries() > before, 'a send that failed was never tried again: its event is lost');
    },
  },
  {
    name: 'a document is marked only when its events are acknowledged',
    side: 'writer',
    async run(bench) {
      const writer = await bench.onlyWriter();
      await writer.ask('create', 'unsent', 'unsent-0');
      await isSent(writer, 'unsent-0');
      await comes(async () => (await bench.document('unsent'))['mark'] === 1, 'the mark of the first event');
      const send = writer.kafka.hold(produce('unsent-1'));
      await writer.ask('change', 'unsent', 'unsent-1');
      await reached(send, 'the send');
      await staysAway(
        async () => (await bench.document('unsent'))['mark'] !== 1,
        'the mark has moved past an event that no broker has',
        1_500,
      );
      await dies(writer, bench);
      await isSent(await bench.writer(), 'unsent-1');
    },
  },
  {
    name: 'a late mark leaves later events pending',
    side: 'writer',
    async run(bench) {
      const writer = await bench.onlyWriter();
      const mark = writer.mongo.hold(marks('late-mark'));
      await writer.ask('create', 'late-mark', 'late-mark-0');
      await reached(mark, 'the mark');
      const send = writer.kafka.hold(produce('late-mark-1'));
      await writer.ask('change', 'late-mark', 'late-mark-1');
      await reached(send, 'the send');
      mark.release();
      await comes(
        async () => (await bench.document('late-mark'))['mark'] === 1,
        'the mark of the first event',
      );
      must(
        (await bench.document('late-mark'))['pending'] === true,
        'an unpublished event is not pending any more',
      );
      await dies(writer, bench);
      await isSent(await bench.writer(), 'late-mark-1');
    },
  },
];
