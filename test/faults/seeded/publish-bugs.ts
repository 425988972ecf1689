import type { Bug } from './bug.js';

/** Writing and publishing gone wrong. */

const store = 'libs/messaging/src/store/aggregate-store';
const document = 'libs/messaging/src/store/document';
const publisher = 'libs/messaging/src/publish/publisher';
const sweep = 'libs/messaging/src/publish/sweep';

export const publishBugs: Bug[] = [
  {
    name: 'publish before write',
    story:
      'hands a changed document to the publisher before it is stored: a write that fails has been told (1)',
    file: store,
    find: 'if (await this.save(before, after)) {',
    put: 'this.messaging.written(this, after);\n            if (await this.save(before, after)) {',
    caughtBy: 'nothing is told before it is written',
    because: /^an event was published while its write was still on the way$/,
    quick: true,
  },
  {
    name: 'decided once',
    story: 'keeps what was decided on the first reading when the write is done again on a newer one (1)',
    file: store,
    find: 'const events = decide(before.state);',
    put: 'const events = (guard.events ??= decide(before.state));',
    caughtBy: 'a command that was overtaken decides again',
    because: /^a claim after another one: "taken" /,
  },
  {
    name: 'a group shares its error',
    story: 'takes one refused creation for the result of all that shared its write (1)',
    file: 'libs/messaging/src/store/group-commit',
    find: 'failed.set(one.index, one);',
    put: 'group.forEach((_, i) => failed.set(i, one));',
    caughtBy: 'each creation of a group has a result of its own',
    because: /^which of the group were created: \[false,false,false,false\] /,
  },
  {
    name: 'commands durable on one node',
    story: 'answers a command once the primary alone has it: a new primary may not (1)',
    file: store,
    find: `updateOne(filter, update, {
                writeConcern: { w: 'majority', journal: true },`,
    put: `updateOne(filter, update, {
                writeConcern: { w: 1 },`,
    caughtBy: 'commands wait for the majority and its journals',
    because: /^write concern of update hot: \[1,null\] /,
    quick: true,
  },
  {
    name: 'only one’s own events',
    story:
      'publishes the newest event of a document, not all that are unpublished: an overtaken one is skipped (2)',
    file: publisher,
    find: 'const events = document.events.filter((event) => event.n > from);',
    put: 'const events = document.events.slice(-1).filter((event) => event.n > from);',
    caughtBy: 'what another instance could not publish goes first',
    because: /^the event of the stalled instance was left out/,
    quick: true,
  },
  {
    name: 'two sends in flight for a key',
    story:
      'sends what is queued of a document although its last send is not acknowledged: a retry reorders them (2)',
    file: publisher,
    find: 'if (entry.inFlight)\n                continue;',
    put: '',
    caughtBy: 'one send of a document at a time',
    because: /^a second send of a document went out before the first was acknowledged$/,
    quick: true,
  },
  {
    name: 'a failed send is forgotten',
    story: 'leaves documents marked as being sent after their send has failed: they are never sent again (2)',
    file: publisher,
    find: 'entry.inFlight = false;\n            if (isRefused',
    put: 'void entry;\n            if (isRefused',
    caughtBy: 'a send that failed is sent again',
    because: /^a send that failed was never tried again/,
  },
  {
    name: 'mark before acknowledgement',
    story: 'counts events as published when they are handed to the client, not when the broker has them (2)',
    file: publisher,
    find: 'await this.deliver(shipment.topicMessages());\n                await this.bury',
    put: 'void this.deliver(shipment.topicMessages()).catch(() => undefined);\n                await this.bury',
    caughtBy: 'a document is marked only when its events are acknowledged',
    because: /^the mark has moved past an event that no broker has$/,
  },
  {
    name: 'acknowledgements not asked for',
    story: 'sends with acks 0, which is faster: a broker that dies takes the events with it (2)',
    file: publisher,
    find: 'acks: -1',
    put: 'acks: 0',
    caughtBy: 'a document is marked only when its events are acknowledged',
    because: /^the mark has moved past an event that no broker has$/,
  },
  {
    name: 'pending cleared unguarded',
    story:
      'clears pending whenever a mark moves, although a later event came in between: no sweep finds it (2)',
    file: 'libs/messaging/src/publish/marks',
    find: '{ ...marked, count: n }',
    put: 'marked',
    caughtBy: 'a late mark leaves later events pending',
    because: /^an unpublished event is not pending any more$/,
  },
  {
    name: 'sent again under new numbers',
    story: 'numbers events anew when they are asked for again: readers take them for new ones (2, 7)',
    file: publisher,
    find: 'const events = document.events.filter((event) => event.key === key);',
    put: 'const events = document.events.filter((event) => event.key === key).map((event) => ({ ...event, seq: event.seq + document.count }));',
    caughtBy: 'what is sent again has the same id and number',
    because: /^ids and numbers: \[\[3,4\],\[3,4\]\] /,
    quick: true,
  },
  {
    name: 'sweep by its own clock',
    story: 'compares what the server has stamped with the clock of this machine, which may be slow (2)',
    file: sweep,
    find: 'localTime.getTime()',
    put: 'Date.now()',
    caughtBy: 'an instance whose clock is an hour slow publishes what a dead one left',
    because: /^an instance whose clock is slow never published what a dead one left/,
  },
  {
    name: 'sweep skips what it took',
    story:
      'clears pending for what a sweep has handed on, before it is published: a death in between loses it (2)',
    file: sweep,
    find: 'after = page.at(-1);',
    put: `await collection.updateMany({ _id: { $in: page.map((one) => one._id) } }, { $unset: { pending: '' } });
            after = page.at(-1);`,
    caughtBy: 'what a sweep took is found by the next one until it is published',
    because: /^what a sweep took is not pending any more/,
  },
  {
    name: 'sweep reads what one node has',
    story: 'publishes what the primary alone has: it may be rolled back, and then has never happened (1, 2)',
    file: sweep,
    find: "readConcern: 'majority', projection",
    put: 'projection',
    caughtBy: 'a sweep reads what the majority has',
    because: /^read concern of a sweep: undefined /,
  },
  {
    name: 'clock decides on an old reading',
    story:
      'lets a clock decide on what it read, and writes that on whatever is there by then (7 of the issue: leases are hints)',
    file: 'libs/messaging/src/wake/wake-worker',
    find: 'await store.change(district, id, decide)',
    put: 'await store.load(district, id).then((read) => { const events = decide(read.state); return store.change(district, id, () => events); })',
    caughtBy: 'a clock that was overtaken decides again',
    because: /^names after what was due was settled in time: \["waking-0","too-late"\] /,
  },
  {
    name: 'version guard dropped',
    story: 'writes a document by its id alone: what another instance wrote in between is overwritten (1, 4)',
    file: document,
    find: 'filter: { _id: _id, version },',
    put: 'filter: { _id: _id },',
    caughtBy: 'an effect that was overtaken is done again, and nothing is overwritten',
    because: /: \[\["race-begin","race-known-effect"\],\["race-new-command","race-new-effect"\]\] instead/,
    quick: true,
  },
  {
    name: 'miss without an error',
    story:
      'upserts new documents only: in a bulk, a write that found another version just matches nothing (4)',
    file: document,
    find: 'upsert: true,',
    put: 'upsert: version === 0,',
    caughtBy: 'an effect that was overtaken is done again, and nothing is overwritten',
    because: /: \[\["race-begin","race-known-command"\],\["race-new-command","race-new-effect"\]\] instead/,
  },
  {
    name: 'shared command without the version',
    story:
      'writes many documents by their ids alone: what another instance wrote in between is overwritten (1, 4)',
    file: 'libs/messaging/src/store/shared-update',
    find: 'filter: { _id: { $in: ids }, version },',
    put: 'filter: { _id: { $in: ids } },',
    caughtBy:
      'of effects that share a command, one that was overtaken is done again, and nothing is overwritten',
    because: /^names of share-5: \["share-begin","share-effect"\] /,
  },
  {
    name: 'a miss of a shared command taken for a write',
    story:
      'does not count how many documents a shared command met: an effect is lost where someone else was first (4)',
    file: 'libs/messaging/src/consume/effects',
    find: '=== group.length',
    put: '>= 0',
    caughtBy:
      'of effects that share a command, one that was overtaken is done again, and nothing is overwritten',
    because: /^names of share-5: \["share-begin","share-command"\] /,
  },
];
