import type { Bug } from './bug.js';

/** Reading and parking gone wrong. */

const consumer = 'libs/messaging/src/consume/event-consumer';
const effects = 'libs/messaging/src/consume/effects';
const batch = 'libs/messaging/src/consume/batch';
const document = 'libs/messaging/src/store/document';

export const consumeBugs: Bug[] = [
  {
    name: 'begins at the end',
    story:
      'reads a topic without offsets from its end, as kafkajs does by default: what came before is lost (4)',
    file: consumer,
    find: 'fromBeginning: true',
    put: 'fromBeginning: false',
    caughtBy: 'a reader without offsets begins at the beginning',
    because: /^an event that was there before the reader began was never read/,
  },
  {
    name: 'commit before effect',
    story: 'commits the offset of a batch when it comes, not when its effects are durable (4)',
    file: consumer,
    find: 'const beat = setInterval(',
    put: `this.offsets.set(\`\${topic}/\${partition}\`, { topic, partition, offset: String(BigInt(batch.lastOffset()) + 1n) });
        void this.commit();
        const beat = setInterval(`,
    caughtBy: 'an offset is committed after the effect',
    because: /^the offset was committed before the event was durably dealt with/,
    quick: true,
  },
  {
    name: 'hold after commit',
    story:
      'does not wait until what cannot be applied yet is parked: the offset may be committed first (4, 5)',
    file: batch,
    find: 'await this.parked.park(events);',
    put: 'void this.parked.park(events);',
    caughtBy: 'an offset is committed after what waits is parked',
    because: /^the offset was committed before the event was durably dealt with/,
    quick: true,
  },
  {
    name: 'gap skipped',
    story: 'applies an event although the one before it has not come, which is then taken for a repeat (4)',
    file: effects,
    find: 'seq > seen + 1',
    put: 'false',
    caughtBy: 'an event waits for the one before it',
    because: /^names before the first event: \["gap-2"\] /,
    quick: true,
  },
  {
    name: 'seen not looked at',
    story: 'applies a repeat again (4)',
    file: effects,
    find: 'seq <= seen',
    put: 'false',
    caughtBy: 'a repeat is not done twice',
    because: /^names after a repeat: \["repeat-1","repeat-2","repeat-1","repeat-2"\] /,
  },
  {
    name: 'seen written afterwards',
    story:
      'remembers what it has seen in a write of its own, behind the effect: one whose answer was lost is done again (4)',
    file: effects,
    find: 'const errors = await bulkErrors(store, writes.map(({ before, after }) => guardedWrite(before, after)));',
    put: `const errors = await bulkErrors(store, writes.map(({ before, after }) => guardedWrite(before, { ...after, seen: before.seen })));
        for (const { after } of writes.filter((_, i) => !errors.has(i)))
            await store.collection.updateOne({ _id: after._id }, { $set: { seen: after.seen } });`,
    caughtBy: 'an effect whose answer was lost is not done twice',
    because:
      /: .*"answer-known-effect","answer-known-effect"\].*"answer-new-effect","answer-new-effect"\].* instead/,
  },
  {
    name: 'seen dropped when nothing changes',
    story: 'does not remember an event that changes nothing: everything behind it waits for it (4)',
    file: effects,
    find: 'document = withSeen(await this.effect(store, document, event), publisher, key, seq);',
    put: `const next = await this.effect(store, document, event);
                    document = next === document ? document : withSeen(next, publisher, key, seq);`,
    caughtBy: 'an event that changes nothing is seen all the same',
    because: /^names behind an event that changed nothing: \[\] /,
    quick: true,
  },
  {
    name: 'one number for all publishers',
    story: 'keeps one number a key: the first event of a second publisher is taken for a repeat (3, 4)',
    file: document,
    find: 'entry.publisher === publisher && entry.key === key',
    put: 'entry.key === key',
    caughtBy: 'each publisher has numbers of its own',
    because: /^names of two publishers: \["two-roster"\] /,
    quick: true,
  },
  {
    name: 'duplicate key taken as applied',
    story:
      'takes the collision of a guarded upsert for "it is there already", though nothing was seen of it (4)',
    file: effects,
    find: 'if (isDuplicateKey(error))\n                again.push(work);',
    put: 'if (isDuplicateKey(error))\n                return;',
    caughtBy: 'an effect that was overtaken is done again, and nothing is overwritten',
    because: /: \[\["race-begin","race-known-command"\],\["race-new-command"\]\] instead/,
  },
  {
    name: 'one refused document stops all',
    story: 'does a whole batch again because the database refused one of its documents, for ever (4)',
    file: effects,
    find: 'return new Map(writeErrors.map((one) => [one.index, one]));',
    put: 'throw error;',
    caughtBy: 'a document that the database refuses fails alone',
    because: /^a batch is done over and over because of one document in it$/,
  },
  {
    name: 'a refused document is forgotten',
    story: 'commits past a document that the database refused, without parking its event (4, 5)',
    file: effects,
    find: 'outcomes.set(work, refused(work, error));\n        });',
    put: 'void refused;\n        });',
    caughtBy: 'a document that the database refuses fails alone',
    because: /^what is parked of the refused one: \[\] /,
  },
  {
    name: 'districts in one line',
    story:
      'gathers the events of a batch by their key without the district: two tenants in one document (10)',
    file: batch,
    find: '`${contract.contract.key}/${envelope.district}/${envelope.key}`',
    put: '`${contract.contract.key}/${envelope.key}`',
    caughtBy: 'districts with the same id in one batch stay apart',
    because: /^names of either district: \[(\[\],\["apart-mars"\]|\["apart-moon"\],\[\])\] /,
  },
  {
    name: 'park on a lost database',
    story: 'takes a lost connection for a document that was refused, and parks its event (5)',
    file: effects,
    find: 'const writeErrors = documentErrors(error);',
    put: 'if (isInfrastructureFailure(error)) return new Map(operations.map((_, i) => [i, error]));\n        const writeErrors = documentErrors(error);',
    caughtBy: 'a lost database parks nothing',
    because: /^an event was parked because the database was lost$/,
  },
  {
    name: 'gives up on a lost database',
    story: 'goes on after some tries when the database does not come back: the batch is lost (5)',
    file: consumer,
    find: 'if (this.stopping)\n                    throw error;',
    put: 'if (this.stopping)\n                    throw error;\n                if (wait > 200)\n                    return;',
    caughtBy: 'a lost database parks nothing',
    because: /^the offset was committed while the database was lost/,
  },
  {
    name: 'a failed event counts as seen',
    story: 'goes on past a failed event, so that its key flows: its replay is then taken for a repeat (5)',
    file: effects,
    find: 'outcome.failed = { event, reason: error.message };',
    put: 'outcome.failed = { event, reason: error.message };\n                    document = withSeen(document, publisher, key, seq);',
    caughtBy: 'what waits behind a failed event waits, of every publisher, until it is applied',
    because: /^names while the first event still fails: \["behind-(2|casework)","behind-(2|casework)"\] /,
  },
  {
    name: 'a retry applies those behind first',
    story:
      'holds only the failed event’s own publisher back: what another one said of the key goes first (5)',
    file: effects,
    find: 'if (outcome.failed)\n                outcome.behind.push(event);',
    put: 'if (outcome.failed?.event.envelope.publisher === publisher)\n                outcome.behind.push(event);',
    caughtBy: 'what waits behind a failed event waits, of every publisher, until it is applied',
    because: /^names while the first event still fails: \["behind-casework"\] /,
  },
  {
    name: 'release without compare',
    story: 'removes all that is parked under a key once its events are applied, also what came meanwhile (5)',
    file: batch,
    find: 'if (left === 0)',
    put: 'if (left === 0)\n            await this.parked.collection.deleteMany({ holdKey });\n        if (left === 0)',
    caughtBy: 'what is parked while a key is released is not lost',
    because: /^names of a key that was released meanwhile: \["poison-release"\] /,
  },
  {
    name: 'discard forgotten',
    story: 'applies a discarded event when the topic is read again (5)',
    file: batch,
    find: 'event.discarded = discarded.has(event.id);',
    put: 'event.discarded = false;',
    caughtBy: 'a discarded event stays discarded when everything is read again',
    because: /^names, made again from the topic: \["poison-discard","discard-2"\] /,
  },
  {
    name: 'unreadable bytes stop their partition',
    story: 'fails the batch on bytes that are no event, again and again (5)',
    file: batch,
    find: 'if (!(error instanceof Unreadable))\n                throw error;',
    put: 'throw error;',
    caughtBy: 'what cannot be read is parked and holds nothing',
    because: /^an event behind bytes that are no event was never applied/,
  },
  {
    name: 'unreadable bytes are dropped',
    story: 'goes on past bytes that are no event without keeping them: nobody ever knows (5)',
    file: batch,
    find: 'park.push(parkedBytes(topic, partition, message, error.message));',
    put: 'void parkedBytes;',
    caughtBy: 'what cannot be read is parked and holds nothing',
    because: /^parked bytes: 0 /,
    quick: true,
  },
  {
    name: 'effects durable on one node',
    story: 'commits an offset once the primary alone has the effect: a new primary may not (1, 4)',
    file: 'libs/messaging/src/store/aggregate-store',
    find: `ordered: false,
            writeConcern: { w: 'majority', journal: true },`,
    put: `ordered: false,
            writeConcern: { w: 1 },`,
    caughtBy: 'effects wait for the majority and its journals',
    because: /^write concern of an effect: \[1,null\] /,
  },
];
