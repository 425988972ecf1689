import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import { noState } from './source.js';
import type { Source, SourceState } from './source.js';

/** Settings and states of sources. */
@Injectable()
export class SourceStore {
  private readonly sources: TenantCollection<Source>;
  private readonly states: TenantCollection<SourceState>;

  constructor(@Inject(DATABASE) db: Db) {
    this.sources = new TenantCollection<Source>(db, 'sources');
    this.states = new TenantCollection<SourceState>(db, 'source-states');
  }

  async all(district: District): Promise<Source[]> {
    return (await this.sources.find(district)).map(withoutFrame);
  }

  async find(district: District, sourceId: string): Promise<{ source: Source; version: number } | undefined> {
    const found = await this.sources.get(district, sourceId);
    return found && { source: withoutFrame(found), version: found.version };
  }

  /** @returns the new version. @throws Problem 412 when it changed since `ifVersion`; 0: must not exist yet. */
  put(district: District, source: Source, ifVersion: number): Promise<number> {
    return this.sources.put(district, source.sourceId, source, ifVersion);
  }

  /** What it imported stays. @returns whether it was there at that version. */
  async remove(district: District, sourceId: string, ifVersion: number): Promise<boolean> {
    if (!(await this.sources.remove(district, sourceId, ifVersion))) return false;
    await this.states.remove(district, sourceId);
    return true;
  }

  async state(district: District, sourceId: string): Promise<SourceState> {
    const found = await this.states.get(district, sourceId);
    return found ? withoutFrame(found) : noState;
  }

  /** Only who holds the source's lease writes its state, and a lost word of it is only told again. */
  async change(district: District, sourceId: string, change: Partial<SourceState>): Promise<SourceState> {
    const next = { ...(await this.state(district, sourceId)), ...change };
    await this.states.put(district, sourceId, next);
    return next;
  }
}

/** Without what the collection adds to every document. */
function withoutFrame<T extends object>(document: T): T {
  const { _id, district: _, id: __, version: ___, ...content } = document as T & Record<string, unknown>;
  return content as unknown as T;
}
