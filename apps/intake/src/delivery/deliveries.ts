import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import { Unknown } from '#contracts';
import { documentsFor, pageOfParts, partAfter, partId, partNamed } from '#messaging';
import type { Part } from '#messaging';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import { InputStore } from '../inputs/input.store.js';
import { nameOf, resend } from './letters.js';
import type { Letter, LetterName } from './letters.js';

const states = ['exhausted', 'refused', 'owed'] as const;

export class DeliveriesQuery extends PageQuery {
  /** What was tried in vain to the end, what was refused for good, or what is still tried by itself. */
  @IsIn(states) state: (typeof states)[number] = 'exhausted';
}

export class ResendRequest {
  /** Kept with the letter. */
  @IsString() @Length(3, 500) why!: string;
}

/** Who had a letter sent again by hand. */
export class Resent {
  by!: string;
  why!: string;
  at!: string;
}

/** A letter that its originator has not got yet; never the address, nor a word of it. */
export class DeliveryView {
  id!: string;
  service!: string;
  inputId!: string;
  /** answer-N, message-N or asked-again-N. */
  what!: string;
  channel!: string;
  state!: string;
  attempts!: number;
  nextTryAt?: string;
  /** Why it ended without being sent: the mail server's code, or that it never answered. */
  reason?: string;
  endedAt?: string;
  resent?: Resent[];
}

export class DeliveryPage {
  items!: DeliveryView[];
  next?: string;
}

/** Letters that IT may have to care about; the gateway gathers them under /api/ops. */
@Controller('ops/deliveries')
@Allow(['it'], 'district')
export class DeliveriesController {
  constructor(private readonly inputs: InputStore) {}

  @Get()
  @Returns(200, DeliveryPage, 'Letters that were exhausted, refused, or are still owed, by input id')
  async list(
    @Query() { state, limit, cursor }: DeliveriesQuery,
    @Caller() { district }: Caller,
  ): Promise<DeliveryPage> {
    const after = partAfter(cursor);
    const page = { from: after.of, limit: documentsFor(limit), fields: ['state.letters'] };
    const found = await this.inputs.having(district, { undelivered: state }, page);
    const parts = found.flatMap((input) =>
      input.state.letters
        .filter((letter) => letter.state === state)
        .map((letter) => ({ of: input.id, name: nameOf(letter), letter })),
    );
    const { items, next } = pageOfParts(parts, after, limit);
    return { items: items.map(viewOf), ...(next && { next }) };
  }

  /** With the same Message-ID, so that a repeat is recognised. 409 unless it was exhausted or refused. */
  @Post(':id/resend')
  @Returns(200, DeliveryView, 'Begins to try a letter again; who and why is kept with it')
  async resend(
    @Param('id') id: string,
    @Body() { why }: ResendRequest,
    @Caller() { district, sub: by = 'unknown' }: Caller,
  ): Promise<DeliveryView> {
    const part = partNamed(id);
    if (!part) throw new Unknown('delivery');
    const { state } = await this.inputs.change(district, part.of, ({ letters }) =>
      resend(letters, part.name, { by, why }, new Date().toISOString()),
    );
    const letter = state.letters.find((one) => nameOf(one) === part.name)!;
    return viewOf({ of: part.of, name: nameOf(letter), letter });
  }
}

function viewOf({ of, name, letter }: Part & { name: LetterName; letter: Letter }): DeliveryView {
  const { state, attempts, nextAt, reason, endedAt, resent } = letter;
  return {
    id: partId({ of, name }),
    service: 'intake',
    inputId: of,
    what: name,
    channel: 'email',
    state,
    attempts,
    ...(nextAt && { nextTryAt: nextAt }),
    ...(reason && { reason }),
    ...(endedAt && { endedAt }),
    ...(resent && { resent }),
  };
}
