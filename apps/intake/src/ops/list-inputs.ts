import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { LoopState } from '#contracts';
import { isSettled } from '#loop';
import { TakenFrom, numbersOf } from '#messaging';
import { Allow, Caller, Returns } from '#platform';
import { InputStore } from '../inputs/input.store.js';
import { letterTroubles } from '../delivery/letters.js';

export class ListInputsQuery {
  /** The `next` of the page before: its last inputId. */
  @IsOptional() @IsString() @Length(1, 500) after?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1000) limit: number = 200;
}

export class AcceptedInput {
  inputId!: string;
  state!: LoopState;
  open!: boolean;
  acceptedAt!: string;
  /** The number of intake's last event about it. */
  written!: number;
  taken!: TakenFrom[];
  /** Letters that could not be delivered, for example `answer-1 exhausted`. */
  undelivered?: string[];
}

export class AcceptedInputs {
  items!: AcceptedInput[];
  next?: string;
}

const fields = ['state.loop.state', 'state.loop.kind', 'state.acceptedAt', 'state.letters'];

@Controller('ops/inputs')
export class ListInputsController {
  constructor(private readonly inputs: InputStore) {}

  /** Every input that intake accepted: one side of the reconciliation. */
  @Get()
  @Allow(['it'], 'district')
  @Returns(200, AcceptedInputs, 'All accepted inputs with their states, for the reconciliation')
  async list(@Query() { after, limit }: ListInputsQuery, @Caller() caller: Caller): Promise<AcceptedInputs> {
    const found = await this.inputs.after(caller.district, after ?? '', limit + 1, fields);
    const items = found.slice(0, limit).map((input) => {
      const { loop, acceptedAt, letters } = input.state;
      const undelivered = letterTroubles(letters);
      return {
        inputId: input.id,
        state: loop.state,
        open: !isSettled(loop),
        acceptedAt,
        ...numbersOf(input, input.id),
        ...(undelivered.length > 0 && { undelivered }),
      };
    });
    return { items, ...(found.length > limit && { next: items.at(-1)!.inputId }) };
  }
}
