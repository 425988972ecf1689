import type { CookieSerializeOptions } from '@fastify/cookie';
import { config } from '#platform';
import { sessionMs } from './sessions.js';

const isHttps = (): boolean => config().publicUrl.startsWith('https:');

/** The session's cookie. Over https its name forbids other hosts and paths to set it. */
export const sessionCookie = (): string => (isHttps() ? '__Host-hearback' : 'hearback');
/** A sign-in under way. */
export const signInCookie = 'hearback-sign-in';
/** Somebody signed out here: the issuer still knows them, and must ask again instead of signing them in unasked. */
export const signedOutCookie = 'hearback-signed-out';

/** Says to the page that there is a session, and nothing of it: a visitor's page then need not ask who they are. */
export const signedInMark = 'hearback-signed-in';

export function signedInMarkOptions(): CookieSerializeOptions {
  return { ...sessionOptions(), httpOnly: false };
}

export function sessionOptions(): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'lax', secure: isHttps(), path: '/', maxAge: sessionMs / 1_000 };
}

export function signInOptions(): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'lax', secure: isHttps(), path: '/auth', maxAge: 600 };
}

export function signedOutOptions(): CookieSerializeOptions {
  return { ...signInOptions(), maxAge: sessionMs / 1_000 };
}
