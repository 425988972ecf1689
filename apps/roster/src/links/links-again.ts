import { Inject, Injectable } from '@nestjs/common';
import { Messaging } from '#messaging';
import type { NumberedEvent } from '#messaging';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { CurrentGenerations } from '../generations/current.js';
import { GenerationStore } from '../generations/generation.store.js';
import { idOf } from '../generations/row.js';
import { linkEvent } from './link-event.js';
import { LinkNumbers, linkBuckets, placeOf } from './link-numbers.js';
import { linksIn } from './links.js';
import type { Links } from './links.js';
import { personIdOf } from './person-id.js';

/**
 * Everybody's links once more, for a reader that has lost its own or comes late. Each event says the whole of a person,
 * so all of a person's numbers are sent with what is true now: whoever has them skips them, and who has none finds no
 * gap.
 */
@Injectable()
export class LinksAgain {
  constructor(
    private readonly chunks: Chunks,
    private readonly current: CurrentGenerations,
    private readonly generations: GenerationStore,
    private readonly numbers: LinkNumbers,
    @Inject(Messaging) messaging: Messaging,
  ) {
    messaging.numbered = { page: (district, after) => this.page(district, after) };
  }

  /** One bucket of one source; `after` is where the page before ended. */
  private async page(
    district: District,
    after: string,
  ): Promise<{ events: NumberedEvent[]; after: string } | undefined> {
    const { generations } = await this.current.of(district);
    const [source, generationId, bucket] = nextOf(generations, after) ?? [];
    if (source === undefined) return undefined;
    const generation = await this.generations.get(district, generationId!);
    const { seqs } = await this.numbers.of(district, source, bucket!);
    const ownId = (sourcedId: string): string => personIdOf(district, source, sourcedId);
    const there = new Map<string, Links>();
    for (const row of await this.chunks.bucket(district, generation?.files.people, bucket!, linkBuckets))
      there.set(ownId(idOf(row)), linksIn(row));
    const at = generation?.at ?? new Date().toISOString();
    const events = [...seqs].flatMap(([personId, last]) =>
      Array.from({ length: last }, (_, i) =>
        linkEvent(personId, i + 1, there.get(personId) ?? linksIn(undefined), ownId, at),
      ),
    );
    return { events, after: placeOf(source, bucket!) };
  }
}

function nextOf(
  generations: Readonly<Record<string, string>>,
  after: string,
): [source: string, generationId: string, bucket: number] | undefined {
  for (const source of Object.keys(generations).sort())
    for (let bucket = 0; bucket < linkBuckets; bucket += 1)
      if (placeOf(source, bucket) > after) return [source, generations[source]!, bucket];
  return undefined;
}
