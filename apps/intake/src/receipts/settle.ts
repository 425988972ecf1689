import { Body, Controller, Post } from '@nestjs/common';
import { IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { HasWords } from '#contracts';
import type { ReasonWords } from '#contracts';
import { confirm, dispute } from '#loop';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { Trimmed } from '../inputs/raise-input.request.js';
import { ReceiptState, Receipts, sealFor } from './receipts.js';

export class ConfirmRequest {
  /** The newest answer; an old one is refused. */
  @IsInt() @Min(1) @Max(1_000_000) answerNo!: number;
}

export class DisputeRequest {
  /** The newest answer; an old one is refused. */
  @IsInt() @Min(1) @Max(1_000_000) answerNo!: number;
  /** Why it is not settled, or what is still missing: 1 to 5,000 characters. */
  @HasWords() @Trimmed() @IsString() @Length(1, 5_000) reason!: string;
  /** Partly settled: counted as no, shown apart. */
  @IsOptional() @IsBoolean() partly?: boolean;
}

@Controller('receipts/me')
export class SettleController {
  constructor(private readonly receipts: Receipts) {}

  /** "Yes, this settles it." Again: 200, and nothing changes. 409 for an old answer, or one that was not delivered. */
  @Post('confirm')
  @Allow('receipt')
  @Returns(200, ReceiptState, 'Confirms that an answer settles it')
  async confirm(@Body() { answerNo }: ConfirmRequest, @Caller() caller: Caller): Promise<ReceiptState> {
    const held = await this.receipts.of(caller);
    return this.receipts.change(held, (loop, now) => confirm(loop, answerNo, now));
  }

  /** "No", or partly. The loop is open again, and the team reads the reason. 409 as with confirm. */
  @Post('dispute')
  @Allow('receipt')
  @Returns(200, ReceiptState, 'Says that an answer does not settle it')
  async dispute(
    @Body() { answerNo, reason, partly }: DisputeRequest,
    @Idempotent() command: Command,
    @Caller() caller: Caller,
  ): Promise<ReceiptState> {
    const held = await this.receipts.of(caller);
    const words: ReasonWords = { reason };
    const sealed = sealFor(held, words);
    return this.receipts.changeOnce(held, command, (loop, now) =>
      dispute(loop, { answerNo, partly: partly ?? false, sealed }, now),
    );
  }
}
