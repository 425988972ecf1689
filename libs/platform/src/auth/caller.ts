import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { District } from '../district.js';
import type { TokenRole } from './allow.js';

/** Who calls, as far as we know. Made by the guard; a handler gets it with `@Caller()`. */
export interface Caller {
  kind: 'public' | 'receipt' | 'session' | 'token';
  district: District;
  /** The receipt or the session's one-time code. */
  code?: string;
  /** Our own id of the person behind a token. */
  sub?: string;
  name?: string;
  roles: TokenRole[];
  orgs: string[];
  teams: string[];
}

export type RequestWithCaller = FastifyRequest & { caller?: Caller };

export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  if (!caller) throw new Error('the guard did not run');
  return caller;
});
