import { createHmac, hash, randomUUID } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { macKey } from '../config.js';
import type { RequestWithCaller } from '../auth/caller.js';
import { describeHeader } from './described-header.js';
import { invalid } from './problem.js';

/** A command that creates: its id is the same on every retry with the same Idempotency-Key. */
export interface Command {
  /** A UUID made of district, caller, route and key; a random one without the header. */
  id: string;
  /**
   * Of the body, keyed, so that nobody can try guesses of the words against it: another body under the same key is
   * refused. Empty without the header: the id will not come again.
   */
  digest: string;
}

/** `@Idempotent() command: Command`. Without the header each request is a command of its own. */
export function Idempotent(): ParameterDecorator {
  return (controller, method, index) => {
    Taken()(controller, method, index);
    describeHeader(controller, method, {
      name: 'Idempotency-Key',
      required: false,
      description:
        'The same key with the same body is done once and answered the same; with another body it is 422.',
      schema: { type: 'string', minLength: 16, maxLength: 128 },
    });
  };
}

const Taken = createParamDecorator((_: unknown, context: ExecutionContext): Command => {
  const request = context.switchToHttp().getRequest<RequestWithCaller>();
  const header = request.headers['idempotency-key'];
  if (header !== undefined && (typeof header !== 'string' || header.length < 16 || header.length > 128)) {
    throw invalid(
      'Idempotency-Key',
      'length',
      'Idempotency-Key must have 16 to 128 characters; a UUID will do.',
    );
  }
  if (header === undefined) return { id: randomUUID(), digest: '' };
  const { caller } = request;
  const who = caller?.sub ?? caller?.code ?? 'public';
  const route = `${request.method} ${request.url.split('?', 1)[0]}`;
  return {
    id: uuidOf(hash('sha256', [caller?.district, who, route, header].join('\n'))),
    digest: createHmac('sha256', macKey())
      .update(JSON.stringify(sorted(request.body)) ?? '')
      .digest('base64url'),
  };
});

/** UUID version 8 (RFC 9562): 122 bits of our own. */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The same content in another order of fields is the same body. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

/** Refuses a replay whose body is not the one first sent. @throws Problem 422. */
export function sameBody(command: Command, storedDigest: string | undefined): void {
  if (storedDigest !== command.digest) {
    throw invalid(
      'Idempotency-Key',
      'same-body',
      'This Idempotency-Key was used with another body; use a new key.',
    );
  }
}
