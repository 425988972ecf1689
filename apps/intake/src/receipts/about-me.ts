import { Body, Controller, Post } from '@nestjs/common';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { groupIds, standings } from '#contracts';
import type { Standing } from '#contracts';
import { describe } from '#loop';
import { Allow, Caller, Returns } from '#platform';
import { ReceiptState, Receipts } from './receipts.js';

export class AboutMeRequest {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @ArrayUnique()
  @IsIn(standings, { each: true })
  standings?: Standing[];
  /** Ids of the form's groups. */
  @IsOptional() @IsArray() @ArrayMaxSize(20) @ArrayUnique() @IsIn(groupIds, { each: true }) groups?: string[];
}

@Controller('receipts/me/about-me')
export class DescribeController {
  constructor(private readonly receipts: Receipts) {}

  /** What someone says about themselves, if they like. Reporting alone reads it, in sums. The last word counts. */
  @Post()
  @Allow('receipt')
  @Returns(200, ReceiptState, 'Declares standings and groups; optional, after the receipt')
  async describe(@Body() request: AboutMeRequest, @Caller() caller: Caller): Promise<ReceiptState> {
    const held = await this.receipts.of(caller);
    const about = { standings: request.standings ?? [], groups: request.groups ?? [] };
    return this.receipts.change(held, (loop, now) => describe(loop, about, now));
  }
}
