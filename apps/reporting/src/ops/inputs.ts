import { Controller, Get, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { Allow, Caller, Returns } from '#platform';
import type { LoopState } from '#contracts';
import { TakenFrom, numbersOf } from '#messaging';
import { RowStore } from '../ledger/row.store.js';
import { view } from '../ledger/view.js';

export class KnownInputsQuery {
  /** The last inputId of the page before. */
  @IsOptional() @IsString() @Length(1, 128) after?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1000) limit: number = 200;
}

export class KnownInput {
  inputId: string;
  state: LoopState;
  open: boolean;
  /** When it was raised; of an input that only casework has spoken of so far, its earliest fact. */
  acceptedAt: string;
  /** The number of its own last event about it; the ledger says nothing. */
  written: number;
  taken: TakenFrom[];
}

export class KnownInputs {
  items: KnownInput[];
  /** The `after` of the next page; absent on the last one. */
  next?: string;
}

export class KnownCounts {
  known: number;
  open: number;
  closed: number;
  /** Rows whose roll-ups are not recounted yet. */
  dirty: number;
}

/** What the ledger knows, for the reconciliation: by id, restricted input included. */
@Controller('ops')
export class KnownInputsController {
  constructor(private readonly rows: RowStore) {}

  @Get('inputs')
  @Allow(['it'], 'district')
  @Returns(200, KnownInputs, 'Every input that the ledger knows, by id')
  async inputs(
    @Query() { after, limit }: KnownInputsQuery,
    @Caller() { district }: Caller,
  ): Promise<KnownInputs> {
    const rows = await this.rows.after(district, after ?? '', limit + 1, ['state.facts']);
    const items = rows.slice(0, limit).map((row) => {
      const { state, open, raisedAt } = view(row.state.facts);
      const acceptedAt = new Date(raisedAt).toISOString();
      return { inputId: row.id, state, open, acceptedAt, ...numbersOf(row, row.id) };
    });
    const last = items.at(-1);
    return { items, ...(rows.length > limit && last && { next: last.inputId }) };
  }

  @Get('counts')
  @Allow(['it'], 'district')
  @Returns(200, KnownCounts, 'How many inputs the ledger knows, and how many wait for their roll-up')
  async counts(@Caller() { district }: Caller): Promise<KnownCounts> {
    const [known, open, dirty] = await Promise.all([
      this.rows.count(district),
      this.rows.count(district, { open: true }),
      this.rows.count(district, { dirty: true }),
    ]);
    return { known, open, closed: known - open, dirty };
  }
}
