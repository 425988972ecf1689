import type { Bench } from './bench.js';
import { comes, mustCome, mustEqual, reached, staysAway } from './check.js';
import type { Check } from './check.js';
import { commandOf } from './protocols.js';
import { command, dies, isSent, produce, sent } from './schedules.js';
import type { Held } from './tap.js';

/* What a build must do with events that were written and never published, because whoever wrote them died. */

export const sweepChecks: Check[] = [
  {
    name: 'an instance whose clock is an hour slow publishes what a dead one left',
    side: 'writer',
    async run(bench) {
      await leavesUnpublished(bench, 'orphan');
      const slow = await bench.writer('slow', { clockBehindMs: 3_600_000 });
      await mustCome(
        () => sent(slow.kafka, 'orphan-1'),
        'an instance whose clock is slow never published what a dead one left',
      );
    },
  },
  {
    name: 'what a sweep took is found by the next one until it is published',
    side: 'writer',
    async run(bench) {
      await leavesUnpublished(bench, 'swept');
      const holds: Held[] = [];
      const sweeper = await bench.writer('sweeper', {
        at: ({ kafka }) => void holds.push(kafka.hold(produce('swept-1'))),
      });
      const [send] = holds as [Held];
      await reached(send, 'the send');
      await staysAway(
        async () => (await bench.document('swept'))['pending'] !== true,
        'what a sweep took is not pending any more, though no broker has it: a death now would lose it',
        1_000,
      );
      await dies(sweeper, bench);
      await isSent(await bench.writer(), 'swept-1');
    },
  },
  {
    name: 'a sweep reads what the majority has',
    side: 'writer',
    async run(bench) {
      const writer = await bench.onlyWriter();
      const send = writer.kafka.hold(produce('common-0'));
      await writer.ask('create', 'common', 'common-0');
      await reached(send, 'the send');
      const look = await comes(
        () => writer.mongo.seen.find(command('find hot', 'pendingSince')),
        'a sweep that looks for what is pending',
      );
      send.release();
      // What the primary alone has may be gone with it: whoever publishes that has told what never happened.
      mustEqual(commandOf(look)['readConcern']?.level, 'majority', 'read concern of a sweep');
    },
  },
];

async function leavesUnpublished(bench: Bench, orgId: string): Promise<void> {
  const writer = await bench.onlyWriter();
  await writer.ask('create', orgId, `${orgId}-0`);
  await isSent(writer, `${orgId}-0`);
  const send = writer.kafka.hold(produce(`${orgId}-1`));
  await writer.ask('change', orgId, `${orgId}-1`);
  await reached(send, 'the send');
  await dies(writer, bench);
}
