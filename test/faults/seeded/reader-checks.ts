import { comes, mustCome, mustEqual, reached } from './check.js';
import type { Check } from './check.js';
import { commandOf } from './protocols.js';
import { effect, neverCommitted, together } from './schedules.js';

/*
 * What a build must do when it reads. The suite itself publishes; each check uses organisations and names of its own,
 * and judges by what is in the reader's database once the reader is done with every event.
 */

export const readerChecks: Check[] = [
  {
    name: 'a reader without offsets begins at the beginning',
    side: 'reader',
    async run(bench) {
      await bench.tell('early', 'early-1');
      await bench.reader();
      await mustCome(
        async () => (await bench.names('early')).length > 0,
        'an event that was there before the reader began was never read',
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
      mustEqual(await bench.names('idle'), ['idle-2'], 'names behind an event that changed nothing');
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
      mustEqual(await bench.names('two'), ['two-roster', 'two-casework'], 'names of two publishers');
    },
  },
  {
    name: 'a repeat is not done twice',
    side: 'reader',
    async run(bench) {
      await bench.reader();
      for (const seq of [1, 2, 1, 2]) {
        await bench.tell('repeat', `repeat-${seq}`, seq);
        await bench.settled();
      }
      mustEqual(await bench.names('repeat'), ['repeat-1', 'repeat-2'], 'names after a repeat');
    },
  },
  {
    name: 'an effect whose answer was lost is not done twice',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await reader.ask('note', 'answer-known', 'answer-begin');
      const found: unknown[] = [];
      // The driver asks for an insert once more by itself: only when that answer is lost as well does the build hear of it.
      for (const [orgId, asked] of [
        ['answer-known', 1],
        ['answer-new', 2],
      ] as const) {
        const name = `${orgId}-effect`;
        const lose = reader.mongo.loseAnswers(effect(name));
        await bench.tell(orgId, name);
        const writes = (): number => reader.mongo.seen.filter(effect(name)).length;
        await comes(() => writes() >= asked, 'the write').finally(() => lose.end());
        await bench.settled();
        found.push([await bench.names(orgId), await bench.parked(orgId)]);
      }
      mustEqual(
        found,
        [
          [['answer-begin', 'answer-known-effect'], []],
          [['answer-new-effect'], []],
        ],
        'names of a known and of a new document after a lost answer, and what is parked',
      );
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
    name: 'an effect that was overtaken is done again, and nothing is overwritten',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      await reader.ask('note', 'race-known', 'race-begin');
      const found: string[][] = [];
      for (const orgId of ['race-known', 'race-new']) {
        const write = reader.mongo.hold(effect(`${orgId}-effect`));
        await bench.tell(orgId, `${orgId}-effect`);
        await reached(write, 'the write');
        await reader.ask('note', orgId, `${orgId}-command`);
        write.release();
        await bench.settled();
        found.push(await bench.names(orgId));
      }
      mustEqual(
        found,
        [
          ['race-begin', 'race-known-command', 'race-known-effect'],
          ['race-new-command', 'race-new-effect'],
        ],
        'names of a known and of a new document that a command was first at',
      );
    },
  },
  {
    name: 'of effects that share a command, one that was overtaken is done again, and nothing is overwritten',
    side: 'reader',
    async run(bench) {
      const reader = await bench.reader();
      const orgIds = Array.from({ length: 12 }, (_, n) => `share-${n}`);
      for (const orgId of orgIds) await reader.ask('note', orgId, 'share-begin');
      const write = reader.mongo.hold(effect('share-effect'));
      await together(
        bench,
        async () => {
          for (const orgId of orgIds) await bench.tell(orgId, 'share-effect');
        },
        async () => {
          await reached(write, 'the write');
          await reader.ask('note', 'share-5', 'share-command');
          write.release();
        },
      );
      const { text } = reader.mongo.seen.find(effect('share-effect'))!;
      mustEqual(
        orgIds.filter((orgId) => text.includes(orgId)),
        orgIds,
        'the documents of the shared command',
      );
      for (const orgId of orgIds) {
        const names = ['share-begin', ...(orgId === 'share-5' ? ['share-command'] : []), 'share-effect'];
        mustEqual(await bench.names(orgId), names, `names of ${orgId}`);
      }
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
        'names of either district',
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
