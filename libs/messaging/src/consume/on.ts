import { Controller, applyDecorators } from '@nestjs/common';
import type { Abstract, Type } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventClass, Publisher } from '#contracts';
import type { District } from '#platform';

/** What a handler is given beside the event. */
export interface Given<S> {
  /** The target document's state; undefined when there is none yet. */
  state: S | undefined;
  district: District;
  publisher: Publisher;
  seq: number;
  /** When it happened, by its publisher's clock. */
  time: string;
  /** The instant of this processing: the only clock a handler has. */
  now: string;
}

/** A class whose methods handle events. May have `prepare(districts)`, called before each batch to refresh snapshots. */
export const Consumer = (): ClassDecorator => applyDecorators(Controller());

/** A consumer that reads snapshots. */
export interface Prepares {
  prepare(districts: District[]): Promise<void>;
}

type Handler<E> = (event: E, given: never) => readonly { type: string }[];

/**
 * Handles events of one or several types: a pure, synchronous method from event and state to new events of the target
 * document. Which document that is follows from the service's `reads` and the event's key.
 */
export function On<C extends readonly EventClass[]>(...events: C) {
  return function <H extends Handler<InstanceType<C[number]>>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void {
    // Without them Nest hands a method its first parameter alone.
    Payload()(target, name, 0);
    Ctx()(target, name, 1);
    const types = events.map(({ type }) => type);
    EventPattern<string[]>(types)(target, name, descriptor as unknown as TypedPropertyDescriptor<never>);
  };
}

export const WAKE = 'hearback:wake';
export const WORK = 'hearback:work';
export const REBUILT = 'hearback:rebuilt';

/** A store's class, or an abstract one that the service provides it as. */
type StoreToken = Type<unknown> | Abstract<unknown>;

/** Called when a document's `wakeAt` has passed: `(state, now, id) => events`, pure. */
export function OnWake(store: StoreToken): MethodDecorator {
  return (target, name) => mark(WAKE, store, target, name);
}

/**
 * Called after the wake of a document, for effects that leave the process:
 * `(state, id, district, record) => Promise<void>`. Record the attempt first, then make it, then record its result.
 */
export function OnWork(store: StoreToken): MethodDecorator {
  return (target, name) => mark(WORK, store, target, name);
}

/** Called after a rebuild of a view store: `(district) => Promise<void>` makes anew what is derived from its documents. */
export function OnRebuilt(store: StoreToken): MethodDecorator {
  return (target, name) => mark(REBUILT, store, target, name);
}

function mark(kind: string, store: StoreToken, target: object, name: string | symbol): void {
  const marks = (Reflect.getOwnMetadata(kind, target.constructor) as unknown[] | undefined) ?? [];
  Reflect.defineMetadata(kind, [...marks, { store, name }], target.constructor);
}
