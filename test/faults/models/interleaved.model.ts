import fc from 'fast-check';
import { kinds } from '#contracts';
import type { Fetched } from '../../../libs/messaging/src/consume/batch.js';
import { chance } from '../suite/chance.js';
import { same } from './held.js';
import { MemoryLedger, fetchedOf } from './memory-ledger.js';
import { Together, steps } from './together.model.js';

/** The logs of one loop, as intake and casework publish them. */
function logsOf(loop: Together): Fetched[][] {
  return [
    loop.input.document.events.map((event) => fetchedOf('intake', event)),
    loop.work.document.events.map((event) => fetchedOf('casework', event)),
  ];
}

/**
 * Every message once or more, in an order that only mostly keeps that of its log: consumers are replayed from some place
 * before, publishers repeat and overtake, and topics know nothing of each other.
 */
function disorder(logs: Fetched[][], choose: (n: number) => number): Fetched[] {
  const left = logs.map((log) => [...log]).filter((log) => log.length > 0);
  const all: Fetched[] = [];
  while (left.length > 0) {
    const at = choose(left.length);
    const log = left[at]!;
    // One of the first three of its log: what is overtaken leaves a gap.
    all.push(...log.splice(choose(4) === 0 ? choose(Math.min(3, log.length)) : 0, 1));
    if (log.length === 0) left.splice(at, 1);
    if (choose(5) === 0) all.push(all[choose(all.length)]!);
    // A replay: some that went before come again, in their order.
    if (choose(25) === 0) all.push(...all.slice(-1 - choose(10)));
  }
  return all;
}

function batches(all: Fetched[], choose: (n: number) => number): Fetched[][] {
  const cut: Fetched[][] = [];
  for (let at = 0; at < all.length;) {
    const size = 1 + choose(8);
    cut.push(all.slice(at, at + size));
    at += size;
  }
  return cut;
}

const loops = fc.array(fc.tuple(fc.constantFrom(...kinds), steps), {
  minLength: 1,
  maxLength: 3,
  size: 'max',
});

export const interleaved = fc.asyncProperty(loops, fc.nat(), async (all, seed) => {
  const choose = chance(seed).below;
  const inputs = all.map(([kind, its], i) => {
    const loop = new Together(kind, `input-${i}`, 1 + i);
    for (const step of its) loop.step(step);
    return loop;
  });
  const logs = inputs.flatMap(logsOf);

  const inOrder = new MemoryLedger();
  await inOrder.take(logs.flat());

  // Either all wait about as long, or some wait very long.
  const even = choose(2) === 0;
  const wait = (): number => (even ? choose(2) * choose(12) : choose(6) === 0 ? choose(90) : choose(5));
  const anyhow = new MemoryLedger(async () => {
    for (let i = wait(); i > 0; i -= 1) await Promise.resolve();
  });
  const cut = batches(disorder(logs, choose), choose);
  for (const batch of cut.slice(0, -2)) {
    await anyhow.take(batch);
    if (choose(4) === 0) await anyhow.recountAll();
  }
  // At the end two recounters work while the last batches arrive: whoever comes last must have counted all of it.
  const recounting = async (): Promise<void> => {
    for (let i = choose(4); i > 0; i -= 1) await anyhow.recountAll();
  };
  const reading = async (): Promise<void> => {
    for (const batch of cut.slice(-2)) await anyhow.take(batch);
  };
  await Promise.all([recounting(), reading(), recounting()]);

  same([...anyhow.parked.events.keys()], [], 'what still waits');
  for (const { inputId } of inputs) {
    const [found, wanted] = [anyhow.row(inputId)!, inOrder.row(inputId)!];
    same(found.state.facts, wanted.state.facts, `facts of ${inputId}`);
    same(found.seen, wanted.seen, `seen of ${inputId}`);
    same(clean(found.index), clean(wanted.index), `index of ${inputId}`);
  }

  await anyhow.recountAll();
  await inOrder.recountAll();
  const recounted = inOrder.counted();
  for (const [id, rollUp] of recounted) {
    same(inOrder.rollUps.get(id)?.rollUp, rollUp, `roll-up ${id}, counted at once`);
    same(anyhow.rollUps.get(id)?.rollUp, rollUp, `roll-up ${id}, counted again and again`);
  }
  // A day on which something was due for a while counts nothing once it was moved.
  for (const [id, { rollUp }] of anyhow.rollUps)
    if (!recounted.has(id)) same(rollUp.cells, [], `roll-up ${id} of before`);

  // And once more from the beginning: nothing changes, nothing becomes dirty.
  const before = new Map(anyhow.rows.documents);
  await anyhow.take(logs.flat());
  for (const [id, row] of before)
    if (anyhow.rows.documents.get(id) !== row) throw new Error(`a replay has changed ${id}`);
});

/** What a row is found by, but for the mark that comes and goes with recounts. */
function clean({ dirty: _, ...index }: Record<string, unknown>): Record<string, unknown> {
  return index;
}
