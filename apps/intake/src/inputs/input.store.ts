import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging } from '#messaging';
import { inputAggregate } from './input.js';
import type { Input, InputEvent } from './input.js';

@Injectable()
export class InputStore extends AggregateStore<Input, InputEvent> {
  constructor(messaging: Messaging) {
    super(messaging, inputAggregate, { unique: ['receiptHash'], sparse: ['undelivered'] });
  }
}
