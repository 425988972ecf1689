import { Injectable } from '@nestjs/common';
import { Messaging } from '#messaging';
import type { NumberedEvent } from '#messaging';
import type { District } from '#platform';
import { bucketOf } from '../generations/bucket.js';
import { Chunks } from '../generations/chunks.js';
import { compareWithin } from '../generations/compare-people.js';
import type { Generation } from '../generations/generation.js';
import { idOf } from '../generations/row.js';
import type { Beat } from '../staging/progress.js';
import { LinkNumbers, linkBuckets } from './link-numbers.js';
import { areSame, linksIn } from './links.js';
import { personIdOf } from './person-id.js';
import { linkEvent } from './link-event.js';

/**
 * Tells whose links a generation changes. The events follow from two generations and the numbers that were given
 * before, so whoever goes on after a crash sends the same ones again: they are noted, a bucket at a time, once Kafka
 * has them.
 */
@Injectable()
export class TellLinks {
  constructor(
    private readonly chunks: Chunks,
    private readonly numbers: LinkNumbers,
    private readonly messaging: Messaging,
  ) {}

  async run(
    district: District,
    before: Generation | undefined,
    after: Generation,
    beat: Beat,
  ): Promise<void> {
    const cut = Math.max(...[before, after].map((one) => one?.files.people?.digests.length ?? 1));
    const pieces = Math.min(cut, linkBuckets);
    for (let piece = 0; piece < pieces; piece += 1) {
      for (const [bucket, changed] of await this.changed(district, before, after, piece, pieces))
        await this.tell(district, after, bucket, changed);
      await beat({ step: 'telling', done: piece + 1, all: pieces });
    }
  }

  /** By bucket of numbers: the rows now, by the ids of the information system. */
  private async changed(
    district: District,
    before: Generation | undefined,
    after: Generation,
    piece: number,
    pieces: number,
  ): Promise<Map<number, Map<string, string | undefined>>> {
    const changed = new Map<number, Map<string, string | undefined>>();
    const [was, is] = [before?.files.people, after.files.people];
    await compareWithin(this.chunks, district, was, is, piece, pieces, ({ before: old, after: now }) => {
      if (areSame(linksIn(old), linksIn(now))) return;
      const sourcedId = idOf(now ?? old!);
      const bucket = bucketOf(sourcedId, linkBuckets);
      const there = changed.get(bucket) ?? new Map<string, string | undefined>();
      changed.set(bucket, there.set(sourcedId, now));
    });
    return changed;
  }

  private async tell(
    district: District,
    { source, generationId, at }: Generation,
    bucket: number,
    changed: ReadonlyMap<string, string | undefined>,
  ): Promise<void> {
    const numbers = await this.numbers.of(district, source, bucket);
    if (numbers.generationId === generationId) return;
    const ownId = (sourcedId: string): string => personIdOf(district, source, sourcedId);
    function* events(): Generator<NumberedEvent> {
      for (const [sourcedId, row] of changed) {
        const personId = ownId(sourcedId);
        const seq = (numbers.seqs.get(personId) ?? 0) + 1;
        numbers.seqs.set(personId, seq);
        yield linkEvent(personId, seq, linksIn(row), ownId, at);
      }
    }
    await this.messaging.publisher!.sendNumbered(district, events());
    await this.numbers.put(district, source, bucket, numbers, generationId);
  }
}
