import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import { seal, unseal } from '../generations/sealing.js';
import type { Sealed } from '../generations/sealing.js';

/** What is kept of a source's crosswalk. The parts of another `name` than the one that stands here are nobody's. */
export interface KeptCrosswalk {
  name: string;
  parts: number;
  /** The length of all lines, in bytes. */
  bytes: number;
  /** By file. */
  rows: Record<string, number>;
  by: string;
  at: string;
}

interface Part {
  source: string;
  name: string;
  lines: Sealed;
}

/** Crosswalks by source, sealed: ids of people are in them. */
@Injectable()
export class CrosswalkStore {
  private readonly heads: TenantCollection<KeptCrosswalk>;
  private readonly parts: TenantCollection<Part>;

  constructor(@Inject(DATABASE) db: Db) {
    this.heads = new TenantCollection<KeptCrosswalk>(db, 'crosswalks');
    this.parts = new TenantCollection<Part>(db, 'crosswalk-parts');
  }

  async onModuleInit(): Promise<void> {
    await this.parts.ensureIndexes({ source: 1 });
  }

  async find(district: District, source: string): Promise<KeptCrosswalk | undefined> {
    return this.heads.get(district, source);
  }

  /** All lines, in memory that a thread can share; undefined when the source has none. */
  async lines(district: District, source: string): Promise<Uint8Array | undefined> {
    const head = await this.find(district, source);
    if (!head) return undefined;
    const all = new Uint8Array(new SharedArrayBuffer(head.bytes));
    let at = 0;
    for (let part = 0; part < head.parts; part += 1) {
      const found = await this.parts.get(district, partId(source, head.name, part));
      if (!found) throw new Error(`a part of the crosswalk of ${source} is missing`);
      const text = Buffer.from(unseal(found.lines));
      all.set(text, at);
      at += text.length;
    }
    return all;
  }

  /** Replaces a source's crosswalk, for all imports from now on at once. @param texts lines, each with its line break. */
  async put(
    district: District,
    source: string,
    texts: AsyncIterable<string>,
    said: Pick<KeptCrosswalk, 'rows' | 'by' | 'at'>,
  ): Promise<void> {
    const name = randomUUID();
    let [parts, bytes] = [0, 0];
    for await (const text of texts) {
      await this.parts.put(district, partId(source, name, parts), { source, name, lines: seal(text) }, 0);
      parts += 1;
      bytes += Buffer.byteLength(text);
    }
    await this.heads.put(district, source, { name, parts, bytes, ...said });
    await this.parts.removeAll(district, { source, name: { $ne: name } });
  }

  async remove(district: District, source: string): Promise<boolean> {
    const isThere = await this.heads.remove(district, source);
    await this.parts.removeAll(district, { source });
    return isThere;
  }
}

function partId(source: string, name: string, part: number): string {
  return `${source}/${name}/${part}`;
}
