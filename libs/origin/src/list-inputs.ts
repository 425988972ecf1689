import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { LoopState } from '#contracts';
import { isSettled } from '#loop';
import { Allow, Caller, Returns } from '#platform';
import { Inputs } from './inputs.js';

export class InputsQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(5_000) limit?: number;
  /** The `next` of the page before. */
  @IsOptional() @IsString() @Length(1, 500) after?: string;
}

export class AcceptedInput {
  inputId!: string;
  state!: LoopState;
  open!: boolean;
  acceptedAt!: string;
}

export class AcceptedInputsResponse {
  items!: AcceptedInput[];
  next?: string;
}

/** What this origin has accepted, by input id: the left side of the reconciliation. */
@Controller('ops')
export class ListInputsController {
  constructor(private readonly inputs: Inputs) {}

  @Get('inputs')
  @Allow(['it'], 'district')
  @Returns(200, AcceptedInputsResponse, 'Every input that this origin has accepted, in the order of ids.')
  async list(
    @Query() { limit = 1_000, after }: InputsQuery,
    @Caller() { district }: Caller,
  ): Promise<AcceptedInputsResponse> {
    const page = await this.inputs.list(district, { limit, cursor: after });
    const items = page.items.map(({ id, state: { loop } }) => {
      return { inputId: id, state: loop.state, open: !isSettled(loop), acceptedAt: loop.raisedAt };
    });
    return { ...page, items };
  }
}
