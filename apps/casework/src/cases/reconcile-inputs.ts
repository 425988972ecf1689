import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { isSettled } from '#loop';
import { TakenFrom, numbersOf } from '#messaging';
import { Allow, Caller, Returns } from '#platform';
import { CaseStore } from './case.store.js';

export class InputsQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(2_000) limit: number = 500;
  /** The `next` of the page before: its last caseId. */
  @IsOptional() @IsString() @Length(1, 500) after?: string;
}

/** One input that this service knows. */
export class KnownInput {
  inputId!: string;
  state!: string;
  open!: boolean;
  acceptedAt!: string;
  /** The number of casework's last event about it. */
  written!: number;
  taken!: TakenFrom[];
}

export class KnownInputs {
  items!: KnownInput[];
  next?: string;
}

const fields = ['inputId', 'state', 'kind', 'raisedAt'].map((field) => `state.inputs.${field}`);

/**
 * GET /api/casework/ops/inputs: what reconciliation compares with the origins, by input id: a case has the id of its
 * first input, and holds no other yet.
 */
@Controller('ops/inputs')
export class ReconcileInputs {
  constructor(private readonly cases: CaseStore) {}

  @Get()
  @Allow(['it'], 'district')
  @Returns(200, KnownInputs, 'Every input that casework knows, in the order of ids')
  async read(@Query() { limit, after }: InputsQuery, @Caller() caller: Caller): Promise<KnownInputs> {
    const found = await this.cases.after(caller.district, after ?? '', limit + 1, fields);
    const items = found.slice(0, limit).flatMap((one) =>
      one.state.inputs.map((input) => ({
        inputId: input.inputId,
        state: input.state,
        open: !isSettled(input),
        acceptedAt: input.raisedAt,
        ...numbersOf(one, input.inputId),
      })),
    );
    return { items, ...(found.length > limit && { next: found[limit - 1]!.id }) };
  }
}
