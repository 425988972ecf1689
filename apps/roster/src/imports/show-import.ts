import { Controller, Get, Param, Query } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import { Unknown } from '#contracts';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import { ImportReport, reportOf } from './import-report.js';
import { ImportStore } from './import.store.js';

export class ImportPage {
  items!: ImportReport[];
  next?: string;
}

export class ImportsQuery extends PageQuery {
  /** Those of one source alone. */
  @IsOptional() @IsString() @Length(1, 40) source?: string;
}

@Controller('imports')
export class ShowImportController {
  constructor(private readonly imports: ImportStore) {}

  @Get(':id')
  @Allow(['it'], 'district')
  @Returns(200, ImportReport, 'What an import would change or has changed, file by file')
  async show(@Param('id') id: string, @Caller() { district }: Caller): Promise<ImportReport> {
    const found = await this.imports.load(district, id);
    if (!found) throw new Unknown('import');
    return reportOf(found.state);
  }

  @Get()
  @Allow(['it'], 'district')
  @Returns(200, ImportPage, 'Imports of the district, or of one source, newest first')
  async list(
    @Query() { limit, cursor, source }: ImportsQuery,
    @Caller() { district }: Caller,
  ): Promise<ImportPage> {
    const page = await this.imports.list(district, {
      ...(source && { where: { source } }),
      sort: { receivedAt: -1 },
      limit,
      ...(cursor && { cursor }),
    });
    return { ...page, items: page.items.map(({ state }) => reportOf(state)) };
  }
}
