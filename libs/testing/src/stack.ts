import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import type { HearbackEvent, Publisher } from '#contracts';
import { TestTopics } from '#messaging';
import { createService, trustedDistrict } from '#platform';
import type { ServiceName } from '#platform';
import { engines } from './engines.js';
import { testIssuer } from './issuer.js';
import type { Claims } from './issuer.js';

/** A service that runs in this process on a port of its own, with real engines behind it. */
export interface RunningService {
  url: string;
  app: NestFastifyApplication;
  /** fetch with JSON both ways. */
  call<T = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  close(): Promise<void>;
}

export interface CallOptions {
  as?: Claims;
  authorization?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface Stack {
  prefix: string;
  service(module: Type<unknown>, name: ServiceName): Promise<RunningService>;
  /** Publishes an event as its publisher would, with the next seq of its key unless one is given. */
  publish(publisher: Publisher, district: string, event: HearbackEvent, seq?: number): Promise<void>;
  /** Sends bytes as they are to a publisher's topic. */
  publishRaw(
    publisher: Publisher,
    key: string,
    value: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<void>;
  db(service: string): Db;
  token(claims: Claims): Promise<string>;
  close(): Promise<void>;
}

/** Waits until `probe` gives something; fails with what it gave last. */
export async function eventually<T>(
  probe: () => Promise<T | undefined | false>,
  what = 'it',
  milliseconds = 20_000,
): Promise<T> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > until) throw new Error(`${what} did not happen within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** The real Kafka and MongoDB, with topics and databases of this test's own. */
export async function realStack(): Promise<Stack> {
  const running = await engines();
  const issuer = await testIssuer();
  const prefix = `t${randomBytes(5).toString('hex')}`;
  Object.assign(process.env, {
    HEARBACK_KAFKA: running.kafka,
    HEARBACK_MONGO: running.mongo,
    HEARBACK_PREFIX: prefix,
    HEARBACK_ISSUER: issuer.url,
    HEARBACK_SECRET: 'ab'.repeat(32),
    HEARBACK_DISTRICTS: process.env['HEARBACK_DISTRICTS'] ?? 'moon=localhost,127.0.0.1;mars=mars.test',
    HEARBACK_RATE: '0',
    HEARBACK_RECONCILE_MINUTES: '0',
    HEARBACK_SESSION_MS: '6000',
    HEARBACK_LOG: process.env['HEARBACK_LOG'] ?? 'fatal',
  });
  const client = await new MongoClient(running.mongo).connect();
  const topics = new TestTopics();
  const services: NestFastifyApplication[] = [];
  return {
    prefix,
    async service(module, name) {
      const app = await createService({ name, module });
      await app.listen(0, '127.0.0.1');
      services.push(app);
      const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
      return {
        url,
        app,
        call: (method, path, options = {}) => call(method, `${url}${path}`, options, issuer.token),
        close: async () => {
          services.splice(services.indexOf(app), 1);
          await app.close();
        },
      };
    },
    publish: (publisher, district, event, seq) =>
      topics.publish(publisher, trustedDistrict(district), event, seq),
    publishRaw: (publisher, key, value, headers) => topics.publishRaw(publisher, key, value, headers),
    db: (service) => client.db(`${prefix}-${service}`),
    token: issuer.token,
    async close() {
      await Promise.all(services.map((app) => app.close()));
      await topics.close();
      const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
      for (const { name } of databases)
        if (name.startsWith(`${prefix}-`)) await client.db(name).dropDatabase();
      await client.close();
      await issuer.close();
      await running.stop();
    },
  };
}

async function call<T>(
  method: string,
  url: string,
  options: CallOptions,
  token: (claims: Claims) => Promise<string>,
): Promise<Answer<T>> {
  const authorization = options.authorization ?? (options.as && `Bearer ${await token(options.as)}`);
  const response = await fetch(url, {
    method,
    headers: {
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(authorization && { authorization }),
      ...options.headers,
    },
    ...(options.body !== undefined && {
      body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
    }),
  });
  const text = await response.text();
  const body = (text ? JSON.parse(text) : {}) as T;
  return { status: response.status, headers: response.headers, body };
}
