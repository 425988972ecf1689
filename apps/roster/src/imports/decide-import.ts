import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { StateRefuses, Unknown } from '#contracts';
import { Allow, Caller, Idempotent, Returns, sameBody } from '#platform';
import type { Command } from '#platform';
import { CurrentGenerations } from '../generations/current.js';
import { GenerationStore } from '../generations/generation.store.js';
import { decide } from './import.js';
import type { ImportDecided } from './import.js';
import { ImportReport, reportOf } from './import-report.js';
import { ImportStore } from './import.store.js';
import { ImportAccepted } from './receive-import.js';
import { RunImports } from './run-imports.js';

export class WhyBody {
  /** Kept with the import. */
  @IsString() @Length(1, 500) why!: string;
}

/** A person's word on an import that waits, and the way back. */
@Controller('imports/:id')
export class DecideImportController {
  constructor(
    private readonly imports: ImportStore,
    private readonly generations: GenerationStore,
    private readonly current: CurrentGenerations,
    private readonly runs: RunImports,
  ) {}

  @Post('apply')
  @Allow(['it'], 'district')
  @Returns(
    202,
    ImportReport,
    'Applies an import that is previewed or held; 409 when another was applied since',
  )
  async apply(
    @Param('id') id: string,
    @Body() { why }: WhyBody,
    @Caller() caller: Caller,
  ): Promise<ImportReport> {
    const report = await this.decide(caller, id, 'apply', why);
    this.runs.begin(caller.district, id);
    return report;
  }

  @Post('discard')
  @Allow(['it'], 'district')
  @Returns(200, ImportReport, 'Lets go of an import that is previewed or held')
  discard(
    @Param('id') id: string,
    @Body() { why }: WhyBody,
    @Caller() caller: Caller,
  ): Promise<ImportReport> {
    return this.decide(caller, id, 'discard', why);
  }

  /** Brings back the roster that this import left, as an import of its own. 409 when it is no longer kept. */
  @Post('roll-back')
  @Allow(['it'], 'district')
  @Returns(202, ImportAccepted, 'Brings back the roster as this import left it')
  async rollBack(
    @Param('id') id: string,
    @Body() { why }: WhyBody,
    @Idempotent() command: Command,
    @Caller() { district, sub = '' }: Caller,
  ): Promise<ImportAccepted> {
    const found = await this.imports.load(district, id);
    if (!found) throw new Unknown('import');
    const { source, oneRoster, stage } = found.state;
    if (stage !== 'applied') throw new StateRefuses('roll back to', stage, []);
    if (!(await this.generations.get(district, id)))
      throw new StateRefuses('roll back to', stage, [], 'what it brought is no longer kept');
    const at = new Date().toISOString();
    const { state } = await this.imports.create(district, command.id, [
      {
        type: 'import.received',
        importId: command.id,
        source,
        oneRoster,
        digest: command.digest,
        from: { restores: id },
        applyBy: 'limits',
        by: sub,
        why,
        ignored: [],
        at,
      },
    ]);
    sameBody(command, state.digest);
    this.runs.begin(district, command.id);
    return { importId: command.id };
  }

  private async decide(
    { district, sub = '' }: Caller,
    id: string,
    verdict: ImportDecided['verdict'],
    why: string,
  ): Promise<ImportReport> {
    const found = await this.imports.load(district, id);
    if (!found) throw new Unknown('import');
    const current = (await this.current.of(district)).generations[found.state.source];
    const at = new Date().toISOString();
    const { state } = await this.imports.change(district, id, (before) =>
      decide(before, { verdict, by: sub, why }, current, at),
    );
    return reportOf(state);
  }
}
