import { Controller, Get, Param, Query } from '@nestjs/common';
import { Unknown } from '#contracts';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import type { Reason } from '../oneroster/check-row.js';
import type { Import, ImportStage } from './import.js';
import { ImportStore } from './import.store.js';

/** Why a row was put aside. `line` counts from 1, the header included; `value` is cut to 80 characters. */
export class ReasonItem {
  line!: number;
  column!: string;
  value!: string;
  rule!: Reason['rule'];
  message!: string;
}

/** One file. `read` = `accepted` + `quarantined`; `accepted` = `changed` + `unchanged`. */
export class FileItem {
  file!: string;
  state!: 'read' | 'refused';
  /** Why the whole file was refused. */
  problem?: string;
  read!: number;
  accepted!: number;
  /** Of files about people no row is kept: they count as changed as a whole, or not at all. */
  changed!: number;
  unchanged!: number;
  quarantined!: number;
  /** The first hundred rows put aside. */
  reasons!: ReasonItem[];
  /** Values taken although their case slips from the specification's, by column. */
  slipped!: Record<string, number>;
}

export class ImportReport {
  importId!: string;
  /** Nothing is changed before `applying`; `failed` has changed nothing. */
  state!: ImportStage;
  oneRoster!: string;
  receivedAt!: string;
  finishedAt?: string;
  problem?: string;
  organisations?: number;
  /** Organisations that were closed because the roster no longer has them. */
  closed?: number;
  people?: number;
  /** Enrolments in force today. */
  enrolments?: number;
  /** Why nobody was counted: the last counts stand. */
  notCounted?: string;
  files!: FileItem[];
  /** Files that were sent and not read. */
  ignored!: string[];
}

export class ImportPage {
  items!: ImportReport[];
  next?: string;
}

@Controller('imports')
export class ShowImportController {
  constructor(private readonly imports: ImportStore) {}

  @Get(':id')
  @Allow(['it'], 'district')
  @Returns(200, ImportReport, 'What became of an import, file by file')
  async show(@Param('id') id: string, @Caller() { district }: Caller): Promise<ImportReport> {
    const found = await this.imports.load(district, id);
    if (!found) throw new Unknown('import');
    return reportOf(found.state);
  }

  @Get()
  @Allow(['it'], 'district')
  @Returns(200, ImportPage, 'Imports of the district, newest first')
  async list(@Query() { limit, cursor }: PageQuery, @Caller() { district }: Caller): Promise<ImportPage> {
    const page = await this.imports.list(district, {
      sort: { receivedAt: -1 },
      limit,
      ...(cursor && { cursor }),
    });
    return { ...page, items: page.items.map(({ state }) => reportOf(state)) };
  }
}

function reportOf(one: Import): ImportReport {
  const {
    importId,
    stage,
    oneRoster,
    receivedAt,
    finishedAt,
    problem,
    organisations,
    closed,
    people,
    enrolments,
    notCounted,
    ignored,
  } = one;
  return {
    importId,
    state: stage,
    oneRoster,
    receivedAt,
    finishedAt,
    problem,
    organisations,
    closed,
    people,
    enrolments,
    notCounted,
    ignored,
    files: one.files.map(
      ({ file, refused, read, accepted, changed, unchanged, quarantined, reasons, slipped }) => ({
        file,
        state: refused ? 'refused' : 'read',
        problem: refused,
        read,
        accepted,
        changed,
        unchanged,
        quarantined,
        reasons,
        slipped,
      }),
    ),
  };
}
