import { Readable } from 'node:stream';
import { Controller, Get, Param, StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import { StateRefuses, Unknown } from '#contracts';
import { Allow, Caller, Returns } from '#platform';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { comparePeople } from '../generations/compare-people.js';
import type { Generation } from '../generations/generation.js';
import { GenerationStore } from '../generations/generation.store.js';
import { PeopleDifference } from '../staging/difference.js';
import { ImportDetails } from './details.store.js';
import type { DetailName } from './details.store.js';
import { fileItem } from './import-report.js';
import { ImportStore } from './import.store.js';

export class RoleChanges {
  orgId!: string;
  role!: string;
  added!: number;
  gone!: number;
  /** Still there, with another grade, account or student. */
  changed!: number;
  /** Of those, whose account was switched off. */
  disabled!: number;
}

export class ImportChanges {
  /** By organisation, then role; only where something changes. */
  items!: RoleChanges[];
}

/** The long lists of an import, as files for a spreadsheet. */
@Controller('imports/:id')
export class ListDetailsController {
  constructor(
    private readonly imports: ImportStore,
    private readonly details: ImportDetails,
    private readonly generations: GenerationStore,
    private readonly chunks: Chunks,
  ) {}

  @Get('changes')
  @Allow(['it'], 'district')
  @Returns(200, ImportChanges, 'What an import would change about people, or has changed')
  async changes(@Param('id') id: string, @Caller() { district }: Caller): Promise<ImportChanges> {
    await this.found(district, id);
    const items: RoleChanges[] = [];
    for await (const rows of this.details.all(district, id, 'roles')) items.push(...rows);
    return { items };
  }

  /** What changed about people from the roster that one import left to the one that this import left. */
  @Get('changes-since/:other')
  @Allow(['it'], 'district')
  @Returns(200, ImportChanges, 'The difference between two imports; 409 when one is no longer kept')
  async changesSince(
    @Param('id') id: string,
    @Param('other') other: string,
    @Caller() { district }: Caller,
  ): Promise<ImportChanges> {
    const [before, after] = [await this.generation(district, other), await this.generation(district, id)];
    const difference = new PeopleDifference();
    await comparePeople(this.chunks, district, before.files.people, after.files.people, difference.take);
    return { items: difference.byRole() };
  }

  @Get('quarantine.csv')
  @Allow(['it'], 'district')
  @Returns(200, 'text/csv', 'Every row put aside, up to 100,000: file, line, column, value, rule, message')
  async quarantine(@Param('id') id: string, @Caller() { district }: Caller): Promise<StreamableFile> {
    await this.found(district, id);
    const columns = ['file', 'line', 'column', 'value', 'rule', 'message'];
    return csv(`${id}-quarantine.csv`, columns, this.rows(district, id, 'quarantine'));
  }

  @Get('report.csv')
  @Allow(['it'], 'district')
  @Returns(200, 'text/csv', 'What became of each file, a row a file')
  async report(@Param('id') id: string, @Caller() { district }: Caller): Promise<StreamableFile> {
    const { found } = await this.found(district, id);
    const columns = [
      'file',
      'mode',
      'state',
      'read',
      'accepted',
      'changed',
      'unchanged',
      'quarantined',
      'added',
      'deleted',
      'missing',
      'kept',
      'problem',
    ];
    return csv(`${id}-report.csv`, columns, found?.files.map(fileItem) ?? []);
  }

  private async generation(district: District, id: string): Promise<Generation> {
    const { stage } = await this.found(district, id);
    const found = await this.generations.get(district, id);
    if (!found) throw new StateRefuses('compare', stage, [], 'what that import brought is not kept');
    return found;
  }

  private async found(district: District, id: string) {
    const found = await this.imports.load(district, id);
    if (!found) throw new Unknown('import');
    return found.state;
  }

  private async *rows(district: District, id: string, name: DetailName): AsyncGenerator<object> {
    for await (const page of this.details.all(district, id, name)) yield* page;
  }
}

/** A cell that a spreadsheet would take for a formula is told that it is text. */
function csv(
  name: string,
  columns: string[],
  rows: Iterable<object> | AsyncIterable<object>,
): StreamableFile {
  const text = stringify({ header: true, columns, escape_formulas: true, bom: true });
  return new StreamableFile(Readable.from(rows).pipe(text), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${name}"`,
  });
}
