import { Body, Controller, Delete, Get, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { StateRefuses, Unknown } from '#contracts';
import { Allow, Caller, IfMatch, Problem, Returns, invalid } from '#platform';
import type { District } from '#platform';
import { GroupSettings } from '../groups/group-settings.js';
import { HoldItem } from '../imports/import-report.js';
import type { ApplyBy, ImportStage } from '../imports/import.js';
import { ImportStore } from '../imports/import.store.js';
import { RunSources } from './run-sources.js';
import { AlertsBody, ScheduleBody, SourceBody, sourceOf } from './source-body.js';
import type { Source, SourceKind } from './source.js';
import { SourceStore } from './source.store.js';

/** The last import of a source. */
export class LastImport {
  importId!: string;
  state!: ImportStage;
  receivedAt!: string;
  problem?: string;
  /** Why it waits. */
  holds!: HoldItem[];
}

/** A source's settings, and how it is doing. */
export class SourceItem {
  sourceId!: string;
  name!: string;
  kind!: SourceKind;
  settings?: Record<string, unknown>;
  deltas?: boolean;
  applyBy!: ApplyBy;
  lossPercent!: number;
  groups!: GroupSettings;
  schedule!: ScheduleBody;
  paused!: boolean;
  alerts!: AlertsBody;
  /** When an import of it was applied last. */
  lastSuccessAt?: string;
  nextRunAt?: string;
  lastRunAt?: string;
  /** Why the last run ended without an import. */
  problem?: string;
  lastImport?: LastImport;
}

export class SourceList {
  items!: SourceItem[];
}

/** Wires student information systems in: GET, PUT and DELETE /api/roster/sources/{id}, each whole and versioned. */
@Controller('sources')
@Allow(['it'], 'district')
export class ManageSources {
  constructor(
    private readonly sources: SourceStore,
    private readonly imports: ImportStore,
    private readonly runs: RunSources,
  ) {}

  @Get()
  @Returns(200, SourceList, 'All sources of the district, and how they are doing')
  async list(@Caller() { district }: Caller): Promise<SourceList> {
    const all = await this.sources.all(district);
    return { items: await Promise.all(all.map((source) => this.item(district, source))) };
  }

  @Get(':id')
  @Returns(200, SourceItem, 'One source, and how it is doing; the ETag is for If-Match')
  async show(
    @Param('id') id: string,
    @Caller() { district }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SourceItem> {
    const { source, version } = await this.found(district, id);
    reply.header('etag', `"${version}"`);
    return this.item(district, source);
  }

  /**
   * Creates or replaces a source. If-Match is owed once it exists. Nothing is asked before it is due. Its kind may
   * change: a district that changes its system keeps the source, and with it the roster and its history.
   */
  @Put(':id')
  @Returns(200, SourceItem, 'Wires a source in, or changes it')
  async put(
    @Param('id') id: string,
    @Body() body: SourceBody,
    @Caller() { district }: Caller,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SourceItem> {
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(id))
      throw invalid('id', 'pattern', 'id must be 1 to 40 small letters, digits and hyphens');
    const before = await this.sources.find(district, id);
    const source = sourceOf(id, body);
    // Before it is there, so that nothing which is sent from then on is missed.
    if (!before) await this.sources.change(district, id, { newsFrom: new Date().toISOString() });
    const version = await this.sources.put(district, source, versionIn(ifMatch, before?.version ?? 0));
    // By the new schedule, from now. Another system, or another way to it, is asked for everything first.
    const isOther = JSON.stringify(before?.source.reach) !== JSON.stringify(source.reach);
    if (before)
      await this.sources.change(district, id, {
        nextAt: undefined,
        ...(isOther && { lastWholeAt: undefined, taken: {}, failures: 0, problem: undefined }),
      });
    reply.header('etag', `"${version}"`);
    return this.item(district, source);
  }

  @Delete(':id')
  @Returns(204, undefined, 'Takes a source out; what it imported stays as it is')
  async remove(
    @Param('id') id: string,
    @Caller() { district }: Caller,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    const { version } = await this.found(district, id);
    if (!(await this.sources.remove(district, id, versionIn(ifMatch, version))))
      throw new Problem(412, undefined, { detail: `${id} was changed by someone else; read it again` });
  }

  @Post(':id/run')
  @Returns(202, SourceItem, 'Asks a source now, whatever its schedule says')
  async run(@Param('id') id: string, @Caller() { district }: Caller): Promise<SourceItem> {
    const { source } = await this.found(district, id);
    if (source.reach.kind === 'upload') throw new StateRefuses('ask', 'sent by hand', []);
    await this.runs.now(district, id);
    return this.item(district, source);
  }

  private async found(district: District, id: string): Promise<{ source: Source; version: number }> {
    const found = await this.sources.find(district, id);
    if (!found) throw new Unknown('source');
    return found;
  }

  private async item(district: District, source: Source): Promise<SourceItem> {
    const { reach, ...rest } = source;
    const state = await this.sources.state(district, source.sourceId);
    const last = state.lastImportId && (await this.imports.load(district, state.lastImportId));
    const { kind } = reach;
    return {
      ...rest,
      kind,
      ...('settings' in reach && { settings: { ...reach.settings } }),
      ...('deltas' in reach && { deltas: reach.deltas }),
      schedule: { ...source.schedule },
      lastSuccessAt: state.lastSuccessAt,
      lastRunAt: state.lastStartedAt,
      ...(!source.paused && { nextRunAt: state.nextAt }),
      problem: state.problem,
      ...(last && {
        lastImport: {
          importId: last.state.importId,
          state: last.state.stage,
          receivedAt: last.state.receivedAt,
          problem: last.state.problem,
          holds: last.state.found?.holds ?? [],
        },
      }),
    };
  }
}

/** @throws Problem 428 when a version is owed and missing; 412 when it is not the one that there is. */
function versionIn(ifMatch: string | undefined, version: number): number {
  if (version === 0 && ifMatch === undefined) return 0;
  if (ifMatch === undefined)
    throw new Problem(428, undefined, {
      detail: "Send If-Match with the ETag of GET, so that nobody's change is lost.",
    });
  if (ifMatch.trim() !== `"${version}"`)
    throw new Problem(412, undefined, { detail: `It is at version ${version} now; read it again.` });
  return version;
}
