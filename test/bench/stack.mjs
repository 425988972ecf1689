// The services of one figure: processes as `npm start` runs them, under a prefix of their own on engines that run.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { MongoClient } from 'mongodb';
import { NODE, portVariable, PROJECT } from '../../deploy/local/paths.mjs';
import { freePort, isRunning, reasonIn } from '../../deploy/local/processes.mjs';
import { SMALL, nodeFlags } from '../../deploy/local/services.mjs';
import { inspected } from './inspector.mjs';
import { schools, until } from './load.mjs';

export const services = [
  'roster',
  'casework',
  'intake',
  'student-voice',
  'family-council',
  'reporting',
  'gateway',
];
const district = 'moon';

/** The topics on which inputs lie that a service reads, without their prefix. */
const reads = { casework: ['intake', 'keys'], reporting: ['intake', 'casework'] };

/**
 * Starts nothing yet: a prefix, free ports, and an environment, on the engines of HEARBACK_TEST_KAFKA and
 * HEARBACK_TEST_MONGO. With `sessionMs`, services that a figure stands still keep their partitions so long. Everything that it made is gone after `close`, topics and databases too.
 */
export async function benchStack({ sessionMs }) {
  const { HEARBACK_TEST_KAFKA: kafkaAddress, HEARBACK_TEST_MONGO: mongoUrl } = process.env;
  const prefix = `b${randomBytes(5).toString('hex')}`;
  const logs = mkdtempSync(join(tmpdir(), `hearback-bench-${prefix}-`));
  for (const name of [...services, 'issuer', 'mailbox', 'smtp'])
    process.env[portVariable(name)] = String(await freePort());
  const { testIssuer } = await import('../../dist/libs/testing/src/issuer.js');
  const issuer = await testIssuer();
  Object.assign(process.env, {
    HEARBACK_KAFKA: kafkaAddress,
    HEARBACK_MONGO: mongoUrl,
    HEARBACK_PREFIX: prefix,
    HEARBACK_SECRET: 'ac'.repeat(32),
    HEARBACK_ISSUER: issuer.url,
    // One machine sends everything here. The limit is far away, and counting towards it is part of the work.
    HEARBACK_RATE: '100000000',
    ...(sessionMs && { HEARBACK_SESSION_MS: String(sessionMs) }),
    HEARBACK_DATA: logs,
  });
  const mongo = await new MongoClient(mongoUrl).connect();
  const { TestTopics } = await import('../../dist/libs/messaging/src/index.js');
  const { kafkaClient } = await import('../../dist/libs/messaging/src/kafka/kafka.js');
  // What goes wrong with our own clients is thrown; a topic that has no leader yet is no news.
  Logger.overrideLogger(false);
  const kafka = kafkaClient('bench');
  const topics = new TestTopics();
  const running = new Map();
  const inspectors = new Map();
  const port = (name) => Number(process.env[portVariable(name)]);
  const db = (service) => mongo.db(`${prefix}-${service}`);

  let connected;
  const admin = async () => {
    if (!connected) {
      connected = kafka.admin();
      await connected.connect();
    }
    return connected;
  };

  const stack = {
    prefix,
    mongo,
    kafka,
    topics,
    port,
    db,
    issuer,
    admin,
    running,
    pid: (name) => running.get(name)?.pid,
    /** The inspector of a service that was started with `inspect`. */
    inspector: (name) => inspectors.get(name),

    /** Starts a service, or `all` of them in one process, and waits until it is ready and knows the schools. */
    async start(name, { inspect = stack.profiles, waitFor = [name], env = {} } = {}) {
      const logFile = join(logs, `${name}.log`);
      rmSync(logFile, { force: true });
      const log = openSync(logFile, 'a');
      const args = [...(inspect ? ['--inspect=0'] : []), ...nodeFlags(name), `dist/apps/${name}/src/main.js`];
      const child = spawn(NODE, args, {
        cwd: PROJECT,
        env: { ...process.env, ...SMALL, ...env },
        stdio: ['ignore', log, log],
      });
      running.set(name, child);
      if (inspect) inspectors.set(name, await inspected(logFile));
      for (const service of waitFor) {
        await until(
          `${name} to be ready`,
          async () => {
            if (!isRunning(child)) throw new Error(`${name} ended while starting: ${reasonIn(logFile)}`);
            return ready(port(service));
          },
          { everyMs: 100, withinMs: 90_000 },
        );
        if (stack.schoolsAreThere && service !== 'gateway' && service !== 'roster')
          await knowsSchools(service);
      }
      return child;
    },

    /** SIGTERM, and SIGKILL after ten seconds. */
    async stop(name) {
      const child = running.get(name);
      running.delete(name);
      if (!child || !isRunning(child)) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
      await gone;
      clearTimeout(late);
    },

    async kill(name) {
      const child = running.get(name);
      running.delete(name);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },

    /** Stands a service still, so that work can be laid before it. */
    hold(name) {
      running.get(name).kill('SIGSTOP');
    },
    /** Lets it go on. Gives the instant (epoch ms). */
    release(name) {
      running.get(name).kill('SIGCONT');
      return Date.now();
    },

    /** A district with twenty schools, known to every service that is up or will come up. */
    async schools() {
      const org = (orgId, level, parentId) => ({
        type: 'org.changed',
        orgId,
        name: `${level} ${orgId}`,
        level,
        ...(parentId && { parentId }),
        active: true,
        at: new Date().toISOString(),
      });
      await topics.publish('roster', district, org('00417', 'district'));
      for (const orgId of schools) await topics.publish('roster', district, org(orgId, 'school', '00417'));
      stack.schoolsAreThere = true;
    },

    /** Waits until a service has published, marked and counted all that it wrote, and nothing is left to do. */
    async rest(service, collection) {
      const documents = db(service).collection(collection);
      const some = (filter) => documents.findOne(filter, { projection: { _id: 1 } });
      await until(
        `${service} to have nothing left to do`,
        async () => !(await some({ pending: true })) && !(await some({ district, 'index.dirty': true })),
        { everyMs: 100 },
      );
      await pause(700);
    },

    /**
     * Forgets the inputs of earlier runs in services that are at rest, so that each run begins alike: a ledger of a
     * hundred thousand inputs that were all raised today takes longer to sum up than a day of any district.
     */
    async forgetInputs() {
      const kept = [
        ['intake', ['inputs']],
        ['casework', ['cases', 'keys']],
        ['reporting', ['rows', 'rollups']],
      ];
      for (const [service, names] of kept)
        for (const name of names) await db(service).collection(name).deleteMany({});
    },

    /** How many messages have ever been written to a topic (its name without the prefix). */
    async written(topic) {
      const offsets = await (await admin()).fetchTopicOffsets(`${prefix}.${topic}`);
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    },

    /** How many messages of the topics that it reads here a service has not committed. */
    async behind(service) {
      const topics = reads[service].map((topic) => `${prefix}.${topic}`);
      const groupId = `${prefix}.${service}`;
      let behind = 0;
      for (const { topic, partitions } of await (await admin()).fetchOffsets({ groupId, topics })) {
        const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        for (const { partition, high } of await (await admin()).fetchTopicOffsets(topic))
          behind += Number(high) - Math.max(0, committed.get(partition) ?? 0);
      }
      return behind;
    },

    /** Lets a service that is not running skip what lies on a topic. */
    async skip(service, topic) {
      await (
        await admin()
      ).resetOffsets({ groupId: `${prefix}.${service}`, topic: `${prefix}.${topic}`, earliest: false });
    },

    async close() {
      await Promise.all([...running.keys()].map((name) => stack.stop(name)));
      await topics.close();
      await removeTopics(await admin(), prefix);
      await connected.disconnect();
      const { databases } = await mongo.db('admin').admin().listDatabases({ nameOnly: true });
      for (const { name } of databases)
        if (name.startsWith(`${prefix}-`)) await mongo.db(name).dropDatabase();
      await mongo.close();
      await issuer.close();
      rmSync(logs, { recursive: true, force: true });
    },

    /** The end of a service's log, for an error. */
    log: (name) => readFileSync(join(logs, `${name}.log`), 'utf8').slice(-2_000),
    profiles: process.env.BENCH_PROFILE !== undefined,
    schoolsAreThere: false,
  };

  async function knowsSchools(service) {
    const known = db(service).collection('organisations');
    await until(`${service} to know the schools`, async () => {
      return (await known.countDocuments()) === schools.length + 1;
    });
  }

  return stack;
}

/** Runs `measure` with a stack (options as of `benchStack`), and closes it whatever happens; also on Ctrl-C. */
export async function withStack(options, measure) {
  const stack = await benchStack(options);
  const stop = () => void stack.close().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await measure(stack);
  } finally {
    await stack.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

async function removeTopics(admin, prefix) {
  const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  if (mine.length > 0) await admin.deleteTopics({ topics: mine });
  const { groups } = await admin.listGroups();
  const groupIds = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
  // A member that was killed lingers until its session is over; its group goes with its offsets later.
  if (groupIds.length > 0) await admin.deleteGroups(groupIds).catch(() => undefined);
}

async function ready(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
  await response?.arrayBuffer().catch(() => undefined);
  return response?.ok === true;
}
