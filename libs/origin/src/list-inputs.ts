import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { LoopState } from '#contracts';
import { isSettled } from '#loop';
import { TakenFrom, numbersOf } from '#messaging';
import { Allow, Caller, Returns } from '#platform';
import { Inputs } from './inputs.js';

export class InputsQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(5_000) limit?: number;
  /** The `next` of the page before: its last inputId. */
  @IsOptional() @IsString() @Length(1, 500) after?: string;
}

export class AcceptedInput {
  inputId!: string;
  state!: LoopState;
  open!: boolean;
  acceptedAt!: string;
  /** The number of this origin's last event about it. */
  written!: number;
  taken!: TakenFrom[];
}

export class AcceptedInputsResponse {
  items!: AcceptedInput[];
  next?: string;
}

const fields = ['state.loop.state', 'state.loop.kind', 'state.loop.raisedAt'];

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
    const found = await this.inputs.after(district, after ?? '', limit + 1, fields);
    const items = found.slice(0, limit).map((input) => {
      const { id, state } = input;
      const { loop } = state;
      return {
        inputId: id,
        state: loop.state,
        open: !isSettled(loop),
        acceptedAt: loop.raisedAt,
        ...numbersOf(input, id),
      };
    });
    return { items, ...(found.length > limit && { next: items.at(-1)!.inputId }) };
  }
}
