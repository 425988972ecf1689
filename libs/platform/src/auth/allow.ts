import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';

export const tokenRoles = [
  'student',
  'adviser',
  'representative',
  'member',
  'lead',
  'leader',
  'it',
  'import',
  'partner',
] as const;
/** What a bearer token may say its holder is. */
export type TokenRole = (typeof tokenRoles)[number];

/** How far a role reaches; the handler enforces it, the declaration documents and tests it. */
export const scopes = [
  'anything public',
  'own receipt',
  'own session',
  'own rounds',
  'own sessions',
  'own team',
  'organisation and below',
  'district',
] as const;
export type Scope = (typeof scopes)[number];

/** Who may call a route. */
export interface Allowance {
  public?: boolean;
  receipt?: boolean;
  session?: boolean;
  roles: readonly TokenRole[];
  scope: Scope;
}

export const ALLOWANCE = 'hearback:allowance';

/**
 * Declares who may call a route; a route without it answers 403 and fails a test.
 * `@Allow('public')`, `@Allow('receipt')`, `@Allow('session')`, `@Allow(['member'], 'own team')`,
 * `@Allow({ public: true, roles: ['partner'] })`.
 */
export function Allow(
  who:
    | 'public'
    | 'receipt'
    | 'session'
    | readonly TokenRole[]
    | (Partial<Allowance> & { roles?: readonly TokenRole[] }),
  scope?: Scope,
): MethodDecorator & ClassDecorator {
  const allowance = allowanceOf(who, scope);
  return applyDecorators(
    SetMetadata(ALLOWANCE, allowance),
    // Nothing at all is one of the ways in, where anyone may call and a token tells more.
    ...(allowance.public && allowance.roles.length > 0 ? [ApiSecurity({})] : []),
    ...(allowance.roles.length > 0 ? [ApiBearerAuth()] : []),
    ...(allowance.receipt ? [ApiSecurity('receipt')] : []),
    ...(allowance.session ? [ApiSecurity('session')] : []),
  );
}

function allowanceOf(who: Parameters<typeof Allow>[0], scope?: Scope): Allowance {
  if (who === 'public') return { public: true, roles: [], scope: scope ?? 'anything public' };
  if (who === 'receipt') return { receipt: true, roles: [], scope: scope ?? 'own receipt' };
  if (who === 'session') return { session: true, roles: [], scope: scope ?? 'own session' };
  if (Array.isArray(who)) return { roles: who as readonly TokenRole[], scope: scope ?? 'district' };
  const mixed = who as Partial<Allowance>;
  return { ...mixed, roles: mixed.roles ?? [], scope: scope ?? mixed.scope ?? 'anything public' };
}
