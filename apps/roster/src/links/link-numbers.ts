import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import { seal, unseal } from '../generations/sealing.js';
import type { Sealed } from '../generations/sealing.js';

/** How many events each person of one bucket has had. */
interface NumbersOfBucket {
  /** The generation up to which its people were told. */
  generationId: string;
  /** `personId seq`, a line each. */
  numbers: Sealed;
}

/** Into how many parts a source's people are cut; fixed, since numbers stay where they were given. */
export const linkBuckets = 64;

export interface Numbers {
  generationId?: string;
  seqs: Map<string, number>;
  /** 0: nobody was told yet. */
  version: number;
}

/**
 * The numbers of person.linked events. They outlive generations: a roster that is rolled back, and a person who comes
 * back after years, go on where they were. Of people who are gone nothing but their id here and the number stays.
 */
@Injectable()
export class LinkNumbers {
  private readonly documents: TenantCollection<NumbersOfBucket>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<NumbersOfBucket>(db, 'link-numbers');
  }

  async of(district: District, source: string, bucket: number): Promise<Numbers> {
    const found = await this.documents.get(district, placeOf(source, bucket));
    if (!found) return { seqs: new Map(), version: 0 };
    const lines = unseal(found.numbers).split('\n').filter(Boolean);
    const seqs = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(' ')), Number(line.slice(line.indexOf(' ')))]),
    );
    return { generationId: found.generationId, seqs, version: found.version };
  }

  /** @throws Problem 412 when another process has told them meanwhile. */
  async put(
    district: District,
    source: string,
    bucket: number,
    { seqs, version }: Numbers,
    generationId: string,
  ): Promise<void> {
    const numbers = seal([...seqs].map(([personId, seq]) => `${personId} ${seq}`).join('\n'));
    await this.documents.put(district, placeOf(source, bucket), { generationId, numbers }, version);
  }
}

/** Where a bucket stands in the order of all of a district's. */
export function placeOf(source: string, bucket: number): string {
  return `${source}/${String(bucket).padStart(2, '0')}`;
}
