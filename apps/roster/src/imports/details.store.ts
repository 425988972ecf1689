import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import { seal, unseal } from '../generations/sealing.js';
import type { Sealed } from '../generations/sealing.js';
import type { Reason } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';
import type { RoleDifference } from '../staging/difference.js';

/** Lists that belong to an import and are too long for its document. */
export interface Details {
  /** Rows that were put aside. */
  quarantine: Reason & { file: FileName };
  /** What it would change about people. */
  roles: RoleDifference;
}
export type DetailName = keyof Details;

/** Some of a list, sealed: a value that broke a rule may be anything that stands in a file about people. */
interface Page {
  rows: Sealed;
}

const rowsInPage = 500;

@Injectable()
export class ImportDetails {
  private readonly documents: TenantCollection<Page>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<Page>(db, 'details');
  }

  /** Writes one page of a list; the same number again replaces it. */
  async put<N extends DetailName>(
    district: District,
    importId: string,
    name: N,
    page: number,
    rows: Details[N][],
  ): Promise<void> {
    await this.documents.put(district, idOf(importId, name, page), { rows: seal(JSON.stringify(rows)) });
  }

  /** Writes a whole list. */
  async putAll<N extends DetailName>(
    district: District,
    importId: string,
    name: N,
    rows: Details[N][],
  ): Promise<void> {
    for (let page = 0; page * rowsInPage < rows.length; page += 1) {
      const some = rows.slice(page * rowsInPage, (page + 1) * rowsInPage);
      await this.put(district, importId, name, page, some);
    }
  }

  async *all<N extends DetailName>(
    district: District,
    importId: string,
    name: N,
  ): AsyncGenerator<Details[N][]> {
    for (let page = 0; ; page += 1) {
      const found = await this.documents.get(district, idOf(importId, name, page));
      if (!found) return;
      yield JSON.parse(unseal(found.rows)) as Details[N][];
    }
  }

  /** Removes what an import that is no longer kept has left. */
  async remove(district: District, importId: string): Promise<void> {
    for (const name of ['quarantine', 'roles'] as const)
      for (let page = 0; await this.documents.remove(district, idOf(importId, name, page)); page += 1);
  }
}

function idOf(importId: string, name: DetailName, page: number): string {
  return `${importId}/${name}/${page}`;
}
