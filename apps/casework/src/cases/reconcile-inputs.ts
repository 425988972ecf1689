import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { isSettled } from '#loop';
import { Allow, Caller, Returns } from '#platform';
import { CaseStore } from './case.store.js';

export class InputsQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(2_000) limit: number = 500;
  /** The `next` of the page before. */
  @IsOptional() @IsString() @Length(1, 500) after?: string;
}

/** One input that this service knows. */
export class KnownInput {
  inputId!: string;
  state!: string;
  open!: boolean;
  acceptedAt!: string;
}

export class KnownInputs {
  items!: KnownInput[];
  next?: string;
}

/** GET /api/casework/ops/inputs: what reconciliation compares with the origins. */
@Controller('ops/inputs')
export class ReconcileInputs {
  constructor(private readonly cases: CaseStore) {}

  @Get()
  @Allow(['it'], 'district')
  @Returns(200, KnownInputs, 'Every input that casework knows, in a stable order')
  async read(@Query() { limit, after }: InputsQuery, @Caller() caller: Caller): Promise<KnownInputs> {
    const page = await this.cases.list(caller.district, { limit, ...(after && { cursor: after }) });
    const items = page.items.flatMap(({ state }) =>
      state.inputs.map((input) => ({
        inputId: input.inputId,
        state: input.state,
        open: !isSettled(input),
        acceptedAt: input.raisedAt,
      })),
    );
    return { items, ...(page.next && { next: page.next }) };
  }
}
