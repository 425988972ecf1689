import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import type { Generation } from './generation.js';

/** Generations that are kept: staged ones, the current ones, and earlier ones to roll back to. */
@Injectable()
export class GenerationStore {
  private readonly documents: TenantCollection<Generation>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<Generation>(db, 'generations');
  }

  async onModuleInit(): Promise<void> {
    await this.documents.ensureIndexes({ at: -1 });
  }

  /** Its chunks must be written before. */
  async put(district: District, generation: Generation): Promise<void> {
    await this.documents.put(district, generation.generationId, generation);
  }

  async get(district: District, generationId: string): Promise<Generation | undefined> {
    return this.documents.get(district, generationId);
  }

  /** Those of every source. */
  newestFirst(district: District): AsyncGenerator<Generation> {
    return this.documents.each(district, {}, { at: -1 });
  }

  async remove(district: District, generationId: string): Promise<void> {
    await this.documents.remove(district, generationId);
  }
}
