// What every figure needs: engines, services as processes under a prefix of their own, and a way to send load.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const services = ['gateway', 'intake', 'student-voice', 'family-council', 'casework', 'roster', 'reporting'];
const variable = (name) => `HEARBACK_PORT_${name.replace('-', '_').toUpperCase()}`;

/** Engines (given by HEARBACK_TEST_KAFKA and HEARBACK_TEST_MONGO, else started), and an environment for services. */
export async function benchStack() {
  const prefix = `b${randomBytes(5).toString('hex')}`;
  const { engines } = await import('../../dist/libs/testing/src/engines.js');
  const running = await engines();
  const ports = await freePorts(services.length);
  Object.assign(process.env, {
    HEARBACK_KAFKA: running.kafka,
    HEARBACK_MONGO: running.mongo,
    HEARBACK_PREFIX: prefix,
    HEARBACK_SECRET: 'ac'.repeat(32),
    HEARBACK_RATE: '0',
    HEARBACK_LOG: 'error',
    HEARBACK_ISSUER: 'http://127.0.0.1:1',
    ...Object.fromEntries(services.map((name, i) => [variable(name), String(ports[i])])),
  });
  const { MongoClient } = await import('mongodb');
  const mongo = await new MongoClient(running.mongo).connect();
  const { TestTopics } = await import('../../dist/libs/messaging/src/index.js');
  const topics = new TestTopics();
  const processes = new Map();
  const port = (name) => Number(process.env[variable(name)]);
  return {
    prefix,
    mongo,
    topics,
    port,
    db: (service) => mongo.db(`${prefix}-${service}`),
    async start(name) {
      const args = ['--max-semi-space-size=16', `dist/apps/${name}/src/main.js`];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
      processes.set(name, child);
      while (!(await ready(port(name)))) await pause(100);
      return child;
    },
    async stop(name) {
      const child = processes.get(name);
      processes.delete(name);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
    /** Makes an organisation known to every service that is up or will come up. */
    async organisation(orgId = '00417') {
      await topics.publish('roster', 'moon', {
        type: 'org.changed',
        orgId,
        name: 'Moon Unified School District',
        level: 'district',
        active: true,
        at: new Date().toISOString(),
      });
    },
    async close() {
      await Promise.all([...processes.keys()].map((name) => this.stop(name)));
      await topics.close();
      const { databases } = await mongo.db('admin').admin().listDatabases({ nameOnly: true });
      for (const { name } of databases)
        if (name.startsWith(`${prefix}-`)) await mongo.db(name).dropDatabase();
      await mongo.close();
      await running.stop();
    },
  };
}

/** 450 characters, as the usual stack's benchmark sends them. */
const words =
  'The bus on line 12 has been late four mornings in a row and the younger pupils wait in the rain. '
    .repeat(5)
    .slice(0, 450);

export const inputBody = (n) =>
  JSON.stringify({
    orgId: '00417',
    topic: ['transport', 'meals', 'safety', 'learning', 'other'][n % 5],
    kind: 'concern',
    text: `${n} ${words}`,
    role: ['student', 'family', 'school-staff', 'community-member'][n % 4],
    language: 'en',
    anonymous: n % 2 === 0,
  });

/** Sends `count` posts with `inFlight` at once. Gives the rate, and the latencies in ms, sorted. */
export async function load({ port, path, count, inFlight, body }) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const latencies = [];
  let next = 0;
  const begun = performance.now();
  const worker = async () => {
    while (next < count) {
      const n = next++;
      const sent = performance.now();
      await post(agent, port, path, body(n));
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return { rate: count / seconds, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

export function post(agent, port, path, body) {
  return new Promise((resolve, reject) => {
    const sending = request(
      {
        agent,
        port,
        path,
        host: '127.0.0.1',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 201) resolve(text);
          else reject(new Error(`${response.statusCode} ${text}`));
        });
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

export const quantile = (sorted, q) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
export const median = (values) =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

async function ready(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
  return response?.ok === true;
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
