import { Body, Controller, Post } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import { HasWords } from '#contracts';
import type { ReasonWords } from '#contracts';
import { withdraw } from '#loop';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { Trimmed } from '../inputs/raise-input.request.js';
import { ReceiptState, Receipts, sealFor } from './receipts.js';

export class WithdrawRequest {
  @IsOptional() @HasWords() @Trimmed() @IsString() @Length(1, 5_000) why?: string;
}

@Controller('receipts/me/withdraw')
export class WithdrawController {
  constructor(private readonly receipts: Receipts) {}

  /** Takes the input back. 409 once an answer was delivered. The loop is closed, and counted. */
  @Post()
  @Allow('receipt')
  @Returns(200, ReceiptState, 'Takes the input back')
  async withdraw(
    @Body() { why }: WithdrawRequest,
    @Idempotent() command: Command,
    @Caller() caller: Caller,
  ): Promise<ReceiptState> {
    const held = await this.receipts.of(caller);
    const words: ReasonWords | undefined = why ? { reason: why } : undefined;
    const sealed = words && sealFor(held, words);
    return this.receipts.changeOnce(held, command, (loop, now) => withdraw(loop, { sealed }, now));
  }
}
