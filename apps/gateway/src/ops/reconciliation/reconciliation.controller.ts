import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { Unknown } from '#contracts';
import { Allow, Caller, PageQuery, Returns, unavailable } from '#platform';
import { LaggingStore } from './lagging.store.js';
import { Reconciler, differenceOf } from './reconciler.js';
import { RunStore } from './runs.store.js';
import type { Run } from './runs.store.js';

/** How long a caller waits for the end, in ms: less than any request may take. */
const patienceMs = 12_000;

/** An input that has not arrived everywhere, and where it stopped on its way. */
export class DifferenceItem {
  inputId!: string;
  /** The service at which it stopped; `origin` for an input that no origin accepted. */
  where!: string;
  /** The last state that this service knows; `unknown` when it has never heard of the input. */
  stoppedAt!: string;
  /** not-published, not-taken, ahead, disagrees or not-accepted. */
  what!: string;
  /** The two services between which it stopped, and the numbers of the last events between them. */
  publisher?: string;
  reader?: string;
  written?: number;
  published?: number;
  taken?: number;
  since!: string;
  /** All of it in a sentence. */
  says!: string;
}

/** accepted = open + closed + parked + inFlight + those that differ and were accepted. */
export class ReconciliationResponse {
  runId!: string;
  asOf!: string;
  accepted!: number;
  open!: number;
  closed!: number;
  parked!: number;
  inFlight!: number;
  /** How many differ; `differences` names the first 1,000, GET differences all. */
  differing!: number;
  differences!: DifferenceItem[];
  holds!: boolean;
}

export class RepairResponse {
  /** Inputs whose owners were asked to publish again. */
  asked!: string[];
  /** Inputs that publishing again does not repair, or that nobody could publish again. */
  failed!: string[];
}

export class RunRequest {
  /** Has what differs published again at the end. */
  @IsOptional() @IsBoolean() repair?: boolean;
}

export class RunPath {
  @IsUUID() runId!: string;
}

export class RunRepair {
  /** How many inputs were published again. */
  asked!: number;
  failed!: number;
}

/** A reconciliation, while it runs and afterwards. The sums are whole once it is done. */
export class RunView {
  runId!: string;
  /** Who asked for it; `schedule` when nobody did. */
  by!: string;
  /** running, done or failed. */
  state!: string;
  startedAt!: string;
  finishedAt?: string;
  asOf!: string;
  /** Inputs looked at so far, and about how many there are. */
  walked!: number;
  expected!: number;
  accepted!: number;
  open!: number;
  closed!: number;
  parked!: number;
  inFlight!: number;
  differing!: number;
  /** The first of those that differ: up to 1,000 while it runs, 20 later. */
  differences!: DifferenceItem[];
  /** Once it is done. */
  holds?: boolean;
  repair?: RunRepair;
  /** Why it could not be done. */
  failure?: string;
}

export class RunPage {
  items!: RunView[];
  next?: string;
}

export class DifferencesQuery extends PageQuery {
  /** `true` lists what is in flight instead: on its way for less than five minutes. */
  @IsOptional() @IsIn(['true', 'false']) inFlight?: 'true' | 'false';
}

export class DifferencePage {
  items!: DifferenceItem[];
  next?: string;
}

/** Proof that nothing was lost: every accepted input is open, closed or parked, by id, across services. */
@Controller('api/ops/reconciliation')
@Allow(['it'], 'district')
export class ReconciliationController {
  constructor(
    private readonly reconciler: Reconciler,
    private readonly runs: RunStore,
    private readonly lagging: LaggingStore,
  ) {}

  /**
   * Walks everything and answers at the end; 503 when a service did not answer, or after twelve seconds, while it goes
   * on in the background, as `runs` does from the start.
   */
  @Get()
  @Returns(200, ReconciliationResponse, 'accepted = open + closed + parked, as of thirty seconds ago')
  async read(@Caller() caller: Caller): Promise<ReconciliationResponse> {
    const { runId, asOf, accepted, open, closed, parked, inFlight, differing, differences } = viewOf(
      await this.done(caller),
    );
    const sums = { accepted, open, closed, parked, inFlight, differing };
    return { runId, asOf, ...sums, differences, holds: differing === 0 };
  }

  /** The origin publishes again, and casework too; the same ids and numbers, so whoever has them skips them. */
  @Post('repair')
  @HttpCode(200)
  @Returns(200, RepairResponse, 'Has the owners of what differs publish it again')
  async repair(@Caller() caller: Caller): Promise<RepairResponse> {
    await this.done(caller);
    return this.reconciler.repair(caller.district);
  }

  @Post('runs')
  @Returns(202, RunView, 'Begins a reconciliation in the background, or joins the one that is under way')
  async begin(
    @Body() { repair }: RunRequest,
    @Caller() { district, sub = 'unknown' }: Caller,
  ): Promise<RunView> {
    const { run } = await this.reconciler.begin(district, sub, { repair: repair ?? false });
    return viewOf(run);
  }

  @Get('runs')
  @Returns(200, RunPage, 'The last reconciliations, the newest first')
  async list(@Query() { limit, cursor }: PageQuery, @Caller() { district }: Caller): Promise<RunPage> {
    const { items, next } = await this.runs.list(district, limit, cursor);
    return { items: items.map(viewOf), ...(next && { next }) };
  }

  @Get('runs/:runId')
  @Returns(200, RunView, 'How far a reconciliation is, and what it came to')
  async run(@Param() { runId }: RunPath, @Caller() { district }: Caller): Promise<RunView> {
    const run = await this.runs.get(district, runId);
    if (!run) throw new Unknown('reconciliation');
    return viewOf(run);
  }

  @Get('differences')
  @Returns(200, DifferencePage, 'Every input that the last reconciliation saw to differ, by id')
  async differences(
    @Query() { limit, cursor, inFlight }: DifferencesQuery,
    @Caller() { district }: Caller,
  ): Promise<DifferencePage> {
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await this.lagging.list(district, inFlight !== 'true', page);
    return { items: items.map(differenceOf), ...(next && { next }) };
  }

  /** @throws Problem 503 when it could not be done (half a walk proves nothing), or takes longer than a request may. */
  private async done({ district, sub = 'unknown' }: Caller): Promise<Run> {
    const { run, end } = await this.reconciler.begin(district, sub);
    const ended = await Promise.race([end, pause(patienceMs, undefined, { ref: false })]);
    if (!ended)
      throw unavailable(`It goes on as run ${run.id}: read that, or ask again and wait for the same.`, 5);
    if (ended.state === 'failed') throw unavailable(`It could not be done: ${ended.failure}.`);
    return ended;
  }
}

function viewOf(run: Run): RunView {
  const { id, by, state, startedAt, finishedAt, asOf, walked, expected, differing, differences } = run;
  const { accepted, open, closed, parked, inFlight, repair, failure } = run;
  return {
    runId: id,
    by,
    state,
    startedAt: startedAt.toISOString(),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    asOf: asOf.toISOString(),
    walked,
    expected,
    accepted,
    open,
    closed,
    parked,
    inFlight,
    differing,
    differences,
    ...(state === 'done' && { holds: differing === 0 }),
    ...(repair && { repair }),
    ...(failure && { failure }),
  };
}
