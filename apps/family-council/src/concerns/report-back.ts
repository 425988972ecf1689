import { Body, Controller, Param, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, ValidateNested } from 'class-validator';
import { RuleBroken } from '#contracts';
import type { LoopState } from '#contracts';
import { GroupReply, sealFor } from '#origin';
import { Allow, Caller, Returns } from '#platform';
import { CoverageView } from '../rounds/log-contact.js';
import { MOST_FAMILIES, coverageOf, recordReportBack } from '../rounds/round.js';
import { RoundStore } from '../rounds/round.store.js';
import { reportBack } from './concern.js';
import type { Concern, ConcernEvent } from './concern.js';
import { ConcernStore } from './concern.store.js';

/** About one concern. A class of this file, since OpenAPI finds the items of a list only by their own file. */
export class ReportedAnswer extends GroupReply {}

export class ReportBackRequest {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ReportedAnswer)
  answers!: ReportedAnswer[];
  /** The families that were told, all of this round. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_FAMILIES)
  @IsString({ each: true })
  familyRefs!: string[];
}

export class ReportedConcern {
  inputId!: string;
  state!: LoopState;
}

export class ReportBackResponse {
  concerns!: ReportedConcern[];
  coverage!: CoverageView;
}

interface Report {
  inputId: string;
  decide: (state: Concern) => ConcernEvent[];
}

@Controller('rounds')
export class ReportBackController {
  constructor(
    private readonly rounds: RoundStore,
    private readonly concerns: ConcernStore,
  ) {}

  /**
   * Every answer is decided before any is written, so a refusal stores nothing. Then each concern is one write, and
   * the round's coverage the last: all of them change nothing when they are done again, so the same request after a
   * lost connection finishes what the first began.
   */
  @Post(':id/reports-back')
  @Allow(['representative'], 'own rounds')
  @Returns(
    200,
    ReportBackResponse,
    'Brings answers back to families: delivers them, and settles them in numbers.',
  )
  async report(
    @Param('id') id: string,
    @Body() { answers, familyRefs }: ReportBackRequest,
    @Caller() caller: Caller,
  ): Promise<ReportBackResponse> {
    const { district } = caller;
    const round = await this.rounds.own(caller, id);
    recordReportBack(round.state, familyRefs);
    const now = new Date().toISOString();
    const reports: Report[] = [];
    for (const [i, answer] of answers.entries()) {
      if (answers.findIndex(({ inputId }) => inputId === answer.inputId) !== i) {
        throw new RuleBroken(
          `answers.${i}.inputId`,
          'once-each',
          'a concern is reported back once a request',
        );
      }
      reports.push(await this.prepared(caller, id, answer, i, familyRefs, now));
    }
    const done = [];
    for (const { inputId, decide } of reports)
      done.push(await this.concerns.change(district, inputId, decide));
    const { state } = await this.rounds.change(district, id, (one) => recordReportBack(one, familyRefs));
    return {
      concerns: done.map((concern) => ({ inputId: concern.id, state: concern.state.loop.state })),
      coverage: coverageOf(state),
    };
  }

  /** Sealed and decided once, which throws what is wrong with it; nothing is written yet. */
  private async prepared(
    caller: Caller,
    roundId: string,
    { inputId, reason, ...numbers }: ReportedAnswer,
    i: number,
    familyRefs: string[],
    now: string,
  ): Promise<Report> {
    const concern = await this.concerns.named(caller.district, roundId, inputId, `answers.${i}.inputId`);
    const sealed = reason && sealFor(concern, { reason });
    const word = { ...numbers, ...(sealed && { sealed }) };
    const decide = (state: Concern) => placed(i, () => reportBack(state, word, familyRefs, now));
    decide(concern.state);
    return { inputId, decide };
  }
}

/** A rule about one answer names its place in the request: `answers.2.noReply`. */
function placed<T>(i: number, decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof RuleBroken) || error.field === 'familyRefs') throw error;
    throw new RuleBroken(`answers.${i}.${error.field}`, error.rule, error.message);
  }
}
