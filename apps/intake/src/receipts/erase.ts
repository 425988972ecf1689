import { Controller, Post } from '@nestjs/common';
import { erase } from '#loop';
import { Allow, Caller, Returns } from '#platform';
import { ReceiptState, Receipts } from './receipts.js';

@Controller('receipts/me/erase')
export class EraseController {
  constructor(private readonly receipts: Receipts) {}

  /**
   * Deletes the key of the input: no word of it can ever be read again, in any service. The count stays. An open loop
   * is closed with it. Again: 200, and nothing changes.
   */
  @Post()
  @Allow('receipt')
  @Returns(200, ReceiptState, 'Erases the person; the count stays')
  async erase(@Caller() caller: Caller): Promise<ReceiptState> {
    const held = await this.receipts.of(caller);
    return this.receipts.change(held, (loop, now) => erase(loop, now));
  }
}
