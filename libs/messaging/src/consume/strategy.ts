import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom, isObservable } from 'rxjs';
import type { EventData } from '#contracts';
import type { Handle } from './effects.js';
import type { Given } from './on.js';

/** What the strategy drives. */
export interface Transport {
  start(handle: Handle): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Nest's door for a transport of our own: Nest finds the `@On` handlers and wraps them in its pipeline; we decide what
 * is read, in which order, and when it counts as done. Nest's Kafka transporter is left aside (docs/adr/0002).
 */
export class EventStrategy extends Server implements CustomTransportStrategy {
  constructor(private readonly transport: Transport) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.transport.start((type) => this.handlerOf(type)).then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.transport.stop();
  }

  on(): never {
    throw new Error('the event strategy has no events of its own');
  }

  unwrap<T>(): T {
    return this.transport as T;
  }

  private handlerOf(type: string): ReturnType<Handle> {
    const handler = this.messageHandlers.get(type);
    if (!handler) return undefined;
    return async (event: EventData, given: Given<unknown>) => {
      const result: unknown = await handler(event, given);
      const events: unknown = isObservable(result) ? await lastValueFrom(result) : result;
      if (!Array.isArray(events)) throw new Error(`the handler of ${type} gave no list of events`);
      return events as { type: string }[];
    };
  }
}
