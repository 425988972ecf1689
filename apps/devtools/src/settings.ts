import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the development tools listen and keep their files. Everything comes from the environment. */
export interface Settings {
  /** The address to bind to. */
  host: string;
  ports: { issuer: number; mailbox: number; smtp: number };
  /** The address that browsers use for Hearback, without a trailing slash. */
  publicUrl: string;
  /** The issuer's own address: `iss` of every token, without a trailing slash. */
  issuer: string;
  /** The folder for the signing key and the caught mails. */
  data: string;
  /** The folder with people.json and teams.json. */
  demo: string;
  /** The secret of the one client, `hearback-console`. */
  clientSecret: string;
  /** The district that the demo people belong to. */
  district: string;
}

// From dist/apps/devtools/src up to the project: both the issuer and `npm run token`, started from anywhere,
// must find the same key.
const project = fileURLToPath(new URL('../../../../', import.meta.url));

/** Reads the settings. Throws an Error that names the variable when a port is not a number. */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  const ports = {
    issuer: port(env, 'HEARBACK_PORT_ISSUER', 8090),
    mailbox: port(env, 'HEARBACK_PORT_MAILBOX', 8091),
    smtp: port(env, 'HEARBACK_PORT_SMTP', 8025),
  };
  return {
    host: env['HEARBACK_HOST'] || '127.0.0.1',
    ports,
    publicUrl: bare(env['HEARBACK_PUBLIC_URL'] || 'http://localhost:8080'),
    issuer: bare(env['HEARBACK_ISSUER'] || `http://localhost:${ports.issuer}`),
    data: resolve(env['HEARBACK_DATA'] || `${project}.hearback`),
    demo: `${project}deploy/demo`,
    clientSecret: env['HEARBACK_CLIENT_SECRET'] || 'development-only',
    district: env['HEARBACK_DISTRICTS']?.split(';')[0]?.split('=')[0]?.trim() || 'moon',
  };
}

function port(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = env[name] ? Number(env[name]) : otherwise;
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new Error(`${name} must be a port number`);
  return value;
}

const bare = (url: string): string => url.replace(/\/+$/, '');
