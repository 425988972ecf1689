import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { LoopState } from '#contracts';
import { isSettled } from '#loop';
import { Allow, Caller, Returns } from '#platform';
import { InputStore } from '../inputs/input.store.js';
import { letterTroubles } from '../delivery/letters.js';

export class ListInputsQuery {
  /** The `next` of the page before. */
  @IsOptional() @IsString() @Length(1, 500) after?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1000) limit: number = 200;
}

export class AcceptedInput {
  inputId!: string;
  state!: LoopState;
  open!: boolean;
  acceptedAt!: string;
  /** Letters that could not be delivered, for example `answer-1 exhausted`. */
  undelivered?: string[];
}

export class AcceptedInputs {
  items!: AcceptedInput[];
  next?: string;
}

@Controller('ops/inputs')
export class ListInputsController {
  constructor(private readonly inputs: InputStore) {}

  /** Every input that intake accepted: one side of the reconciliation. */
  @Get()
  @Allow(['it'], 'district')
  @Returns(200, AcceptedInputs, 'All accepted inputs with their states, for the reconciliation')
  async list(@Query() { after, limit }: ListInputsQuery, @Caller() caller: Caller): Promise<AcceptedInputs> {
    const page = await this.inputs.list(caller.district, { limit, ...(after && { cursor: after }) });
    const items = page.items.map(({ id, state: { loop, acceptedAt, letters } }) => {
      const undelivered = letterTroubles(letters);
      return {
        inputId: id,
        state: loop.state,
        open: !isSettled(loop),
        acceptedAt,
        ...(undelivered.length > 0 && { undelivered }),
      };
    });
    return { items, ...(page.next && { next: page.next }) };
  }
}
