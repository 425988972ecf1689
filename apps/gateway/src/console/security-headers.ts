import type { FastifyInstance } from 'fastify';
import { config } from '#platform';

/** Headers of every answer, of the services too: what a browser must not do with it. */
export function secureHeaders(gateway: FastifyInstance): void {
  const { publicUrl, issuer } = config();
  const always = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    ...(publicUrl.startsWith('https:') && {
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    }),
  };
  gateway.addHook('onSend', async (request, reply) => {
    // By address, not by content type: a 304 has none, and its headers replace those of the page in the cache.
    const policy = isData(request.url) ? dataPolicy : pagePolicy(issuer);
    reply.headers({ ...always, 'content-security-policy': policy });
  });
}

/** Whether an address answers programs; every other one is the console's. */
export function isData(url: string): boolean {
  return /^\/(api|auth|health)(\/|\?|$)/.test(url);
}

const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Own scripts and styles alone; signing out may lead to the issuer. */
export function pagePolicy(issuer: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
