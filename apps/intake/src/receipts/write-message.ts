import { Body, Controller, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { HasWords, IsLanguageTag } from '#contracts';
import type { MessageWords } from '#contracts';
import { message } from '#loop';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { Trimmed } from '../inputs/raise-input.request.js';
import { ReceiptState, Receipts, sealFor } from './receipts.js';

export class WriteMessageRequest {
  /** 1 to 5,000 characters. */
  @HasWords() @Trimmed() @IsString() @Length(1, 5_000) text!: string;
  @IsLanguageTag() language!: string;
}

@Controller('receipts/me/messages')
export class WriteMessageController {
  constructor(private readonly receipts: Receipts) {}

  /** The originator writes to the team, which ends any waiting. 409 in a state that takes no message. */
  @Post()
  @Allow('receipt')
  @Returns(201, ReceiptState, 'Writes to the team')
  async write(
    @Body() request: WriteMessageRequest,
    @Idempotent() command: Command,
    @Caller() caller: Caller,
  ): Promise<ReceiptState> {
    const held = await this.receipts.of(caller);
    const words: MessageWords = { text: request.text };
    const sealed = sealFor(held, words);
    return this.receipts.changeOnce(held, command, (loop, now) =>
      message(loop, { language: request.language, sealed }, now),
    );
  }
}
