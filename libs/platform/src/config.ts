import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * The environment, read once. Every name starts with HEARBACK_; docs/operate.md lists them with their defaults.
 */
export interface HearbackConfig {
  kafka: string[];
  /** Whether brokers are reached over TLS. */
  kafkaTls: boolean;
  /** User and password for brokers that ask for them (SASL SCRAM-SHA-512). */
  kafkaUser?: { username: string; password: string };
  mongo: string;
  /** Starts the name of every topic, consumer group and database. */
  prefix: string;
  host: string;
  publicUrl: string;
  issuer: string;
  /** Where the issuer publishes its keys. */
  jwks: string;
  smtp: string;
  mailFrom: string;
  /** 32 bytes: the master secret of receipts and wrapped keys. */
  secret: Buffer;
  /** District ids with the host names that mean them; the first is the default. */
  districts: { id: string; name: string; hosts: string[]; timeZone: string }[];
  /** Public creates a minute and caller. */
  rate: number;
  /** Break-downs with fewer originators than this are suppressed. */
  minimumCell: number;
  /** Kafka's session time-out in ms: how long a dead instance holds its partitions. */
  sessionMs: number;
  /** How long in ms a consumer may stand still before its process ends. */
  patienceMs: number;
  /** Requests that a service has in hand at once; more are told to come back. */
  inFlight: number;
  logLevel: string;
  /** A proxy stands in front of the gateway and sets X-Forwarded-For; without it that header is not believed. */
  trustProxy: boolean;
  /** The district's own crisis contact, shown beside 911 and 988. */
  crisisContact: string;
  /** For how many days the roster can go back to an import, and keeps what that one brought. */
  rosterKeepDays: number;
  /** Minutes from one scheduled reconciliation to the next; 0: only on demand. */
  reconcileMinutes: number;
  /** Whether a scheduled reconciliation has what differs published again. */
  reconcileRepair: boolean;
}

/** Ports of the services on one machine, before HEARBACK_PORT_<SERVICE> moves them. */
export const defaultPorts = {
  gateway: 8080,
  intake: 8081,
  'student-voice': 8082,
  'family-council': 8083,
  casework: 8084,
  roster: 8085,
  reporting: 8086,
} as const;
export type ServiceName = keyof typeof defaultPorts;

let cached: HearbackConfig | undefined;
let secretKey: KeyObject | undefined;

export function config(): HearbackConfig {
  cached ??= readConfig(process.env);
  return cached;
}

/** The master secret as a key for HMACs, taken in once: half of an HMAC's cost is its key. */
export function macKey(): KeyObject {
  secretKey ??= createSecretKey(config().secret);
  return secretKey;
}

/** @throws Error naming the variable, its value and what it must be. */
export function readConfig(env: NodeJS.ProcessEnv): HearbackConfig {
  const secret = env['HEARBACK_SECRET'] ?? '';
  if (!/^[0-9a-f]{64}$/i.test(secret)) {
    throw new Error('HEARBACK_SECRET must be 64 hexadecimal characters; make one with: openssl rand -hex 32');
  }
  return {
    kafka: (env['HEARBACK_KAFKA'] ?? '127.0.0.1:19092').split(','),
    kafkaTls: env['HEARBACK_KAFKA_TLS'] === 'true',
    ...(env['HEARBACK_KAFKA_USER'] && {
      kafkaUser: { username: env['HEARBACK_KAFKA_USER'], password: env['HEARBACK_KAFKA_PASSWORD'] ?? '' },
    }),
    mongo: env['HEARBACK_MONGO'] ?? 'mongodb://127.0.0.1:27027/?replicaSet=rs0',
    prefix: matching(env, 'HEARBACK_PREFIX', 'hearback', /^[a-z][a-z0-9-]{0,30}$/),
    host: env['HEARBACK_HOST'] ?? '127.0.0.1',
    publicUrl: (env['HEARBACK_PUBLIC_URL'] ?? 'http://localhost:8080').replace(/\/$/, ''),
    issuer: (env['HEARBACK_ISSUER'] ?? 'http://localhost:8090').replace(/\/$/, ''),
    jwks:
      env['HEARBACK_JWKS'] ??
      `${(env['HEARBACK_ISSUER'] ?? 'http://localhost:8090').replace(/\/$/, '')}/jwks`,
    smtp: env['HEARBACK_SMTP'] ?? 'smtp://127.0.0.1:8025',
    mailFrom: env['HEARBACK_MAIL_FROM'] ?? 'Hearback <hearback@moon.example.org>',
    secret: Buffer.from(secret, 'hex'),
    districts: readDistricts(env),
    rate: whole(env, 'HEARBACK_RATE', 600),
    minimumCell: atLeast(2, env, 'HEARBACK_MINIMUM_CELL', 10),
    sessionMs: whole(env, 'HEARBACK_SESSION_MS', 10_000),
    patienceMs: atLeast(3_000, env, 'HEARBACK_PATIENCE_MS', 60_000),
    inFlight: atLeast(1, env, 'HEARBACK_IN_FLIGHT', 500),
    logLevel: env['HEARBACK_LOG'] ?? 'info',
    trustProxy: env['HEARBACK_TRUST_PROXY'] === 'true',
    crisisContact: env['HEARBACK_CRISIS_CONTACT'] ?? '555-0100',
    reconcileMinutes: minutes(env, 'HEARBACK_RECONCILE_MINUTES', 5),
    rosterKeepDays: atLeast(1, env, 'HEARBACK_ROSTER_KEEP_DAYS', 400),
    reconcileRepair: yesOrNo(env, 'HEARBACK_RECONCILE_REPAIR', true),
  };
}

export function portOf(service: ServiceName, env: NodeJS.ProcessEnv = process.env): number {
  return whole(env, `HEARBACK_PORT_${service.replace('-', '_').toUpperCase()}`, defaultPorts[service]);
}

/** HEARBACK_DISTRICTS: `moon=localhost,127.0.0.1;mars=mars.example.org`; names and zones in HEARBACK_DISTRICT_<ID>_NAME/_ZONE. */
function readDistricts(env: NodeJS.ProcessEnv): HearbackConfig['districts'] {
  const text = env['HEARBACK_DISTRICTS'] ?? 'moon=localhost,127.0.0.1';
  return text.split(';').map((part) => {
    const [id = '', hosts = ''] = part.split('=');
    if (!/^[a-z][a-z0-9]{1,19}$/.test(id)) {
      throw new Error(
        `HEARBACK_DISTRICTS: '${id}' must be 2 to 20 small letters or digits, starting with a letter`,
      );
    }
    const own = `HEARBACK_DISTRICT_${id.toUpperCase()}`;
    return {
      id,
      name: env[`${own}_NAME`] ?? (id === 'moon' ? 'Moon Unified School District' : id),
      hosts: hosts.split(',').filter(Boolean),
      timeZone: env[`${own}_ZONE`] ?? 'America/Los_Angeles',
    };
  });
}

function matching(env: NodeJS.ProcessEnv, name: string, fallback: string, rule: RegExp): string {
  const value = env[name] ?? fallback;
  if (!rule.test(value)) throw new Error(`${name} is '${value}' and must match ${rule.source}`);
  return value;
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`${name} is '${env[name]}' and must be a whole number`);
  return value;
}

function minutes(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback);
  if (!Number.isFinite(value) || value < 0 || value > 1_440)
    throw new Error(`${name} is '${env[name]}' and must be minutes from 0 to 1440`);
  return value;
}

function yesOrNo(env: NodeJS.ProcessEnv, name: string, fallback: boolean): boolean {
  const value = env[name] ?? String(fallback);
  if (value !== 'true' && value !== 'false')
    throw new Error(`${name} is '${value}' and must be true or false`);
  return value === 'true';
}

function atLeast(minimum: number, env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = whole(env, name, fallback);
  if (value < minimum) throw new Error(`${name} is '${value}' and must be ${minimum} or more`);
  return value;
}
