import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { districtOfHost } from '../district.js';
import { Problem } from '../http/problem.js';
import { ALLOWANCE } from './allow.js';
import type { Allowance } from './allow.js';
import type { Caller, RequestWithCaller } from './caller.js';
import { verifyToken } from './token.js';

/** Finds out who calls and holds it against the route's `@Allow`. */
@Injectable()
export class AllowanceGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowance = this.reflector.getAllAndOverride<Allowance | undefined>(ALLOWANCE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!allowance) throw new Problem(403, undefined, { detail: 'This route does not say who may call it.' });
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    request.caller = await callerOf(request);
    admit(allowance, request.caller);
    return true;
  }
}

async function callerOf(request: RequestWithCaller): Promise<Caller> {
  const district = districtOfHost(forwardedHost(request));
  const nobody = { district, roles: [], orgs: [], teams: [] };
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ', 2);
  switch (scheme.toLowerCase()) {
    case '':
      return { kind: 'public', ...nobody };
    case 'bearer':
      return verifyToken(credentials);
    case 'receipt':
      return { kind: 'receipt', code: credentials, ...nobody };
    case 'session':
      return { kind: 'session', code: credentials, ...nobody };
    default:
      throw new Problem(401, undefined, { detail: 'Authorization must be Bearer, Receipt or Session.' });
  }
}

function forwardedHost(request: RequestWithCaller): string | undefined {
  const forwarded = request.headers['x-forwarded-host'];
  return typeof forwarded === 'string' ? forwarded : request.headers.host;
}

/** @throws Problem 401 when a credential is missing, 403 when it is not one of those the route takes. */
function admit(allowance: Allowance, caller: Caller): void {
  if (
    allowance.public &&
    (caller.kind === 'public' || caller.kind === 'receipt' || caller.kind === 'session')
  )
    return;
  if (allowance.receipt && caller.kind === 'receipt') return;
  if (allowance.session && caller.kind === 'session') return;
  if (caller.kind === 'token') {
    if (allowance.roles.some((role) => caller.roles.includes(role))) return;
    if (allowance.public) return;
    const wanted = allowance.roles.length > 0 ? allowance.roles.join(', ') : 'no signed-in role';
    throw new Problem(403, undefined, {
      detail: `This takes one of: ${wanted}. You are: ${caller.roles.join(', ') || 'none of our roles'}.`,
    });
  }
  throw new Problem(401, undefined, {
    detail: allowance.receipt
      ? 'Show the receipt: Authorization: Receipt CODE.'
      : allowance.session
        ? 'Show your one-time code: Authorization: Session CODE.'
        : 'Sign in: Authorization: Bearer TOKEN.',
    headers: { 'www-authenticate': allowance.receipt ? 'Receipt' : allowance.session ? 'Session' : 'Bearer' },
  });
}
