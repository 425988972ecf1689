// What a user would build instead: the textbook stack of HEARBACK_PEERS (../shared/peers beside the project), as the
// measures need it. Its own code runs unchanged; only what drives it is ours.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HOME, NODE, onNode24, PROJECT } from '../../../deploy/local/paths.mjs';
import { freePort, isRunning, run } from '../../../deploy/local/processes.mjs';
import { poster, submissionBody, until } from '../load.mjs';

const source = join(resolve(PROJECT, process.env.HEARBACK_PEERS ?? '../shared/peers'), 'usual-stack');
const services = ['casework', 'reporting', 'intake'];
const topicsOf = ['safety', 'food', 'transport', 'learning', 'wellbeing'];

/** Where it can be started from: a copy, installed and built once. Undefined, when there is none to copy. */
export async function installed(say) {
  if (!existsSync(join(source, 'package.json'))) return undefined;
  const folder = join(HOME, 'bench', 'usual-stack');
  const lock = (from) => readFileSync(join(from, 'package-lock.json'), 'utf8');
  if (existsSync(join(folder, 'dist/intake.js')) && lock(folder) === lock(source)) return folder;
  say(`installing the usual stack in ${folder} (npm ci) …`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(source, folder, { recursive: true });
  await run('chmod', ['-R', 'u+w', folder]);
  for (const command of [
    ['npm', 'ci', '--no-audit', '--no-fund'],
    ['npm', 'run', '--silent', 'build'],
  ]) {
    const { code, output } = await run(command[0], command.slice(1), { cwd: folder, env: onNode24() });
    if (code !== 0) throw new Error(`the usual stack: ${command.join(' ')} failed: ${output.slice(-300)}`);
  }
  return folder;
}

/** `consumers`: how many partitions each of its consumers works on at once; 1 is what the documentation leaves one with. */
export async function usualStack(stack, folder, { consumers }) {
  // Its own each time: a topic that was deleted a moment ago cannot be made again at once.
  const name = `${stack.prefix}-usual-${randomUUID().slice(0, 8)}-`;
  const port = await freePort();
  const db = (service) => stack.mongo.db(`${name}${service}`);
  const topics = [`${name}submission.received`, `${name}case.routed`];
  const running = new Map();
  const client = poster({ port, path: '/submissions', connections: 32 });
  const rows = db('reporting').collection('caserows');
  const cases = db('casework').collection('cases');
  const submissions = db('intake').collection('submissions');

  const side = {
    name: consumers === 1 ? 'the usual stack' : `the usual stack, ${consumers} at once`,
    submit: async (n, over) => (await client.post(submissionBody(n, over))).id,

    async start(service) {
      const log = openSync(join(folder, `${service}.log`), 'w');
      const child = spawn(NODE, [`dist/${service}.js`], {
        cwd: folder,
        env: {
          ...process.env,
          RUN: name,
          PORT: String(port),
          KAFKA: process.env.HEARBACK_TEST_KAFKA,
          MONGO: process.env.HEARBACK_TEST_MONGO,
          NO_COLOR: '1',
          ...(consumers > 1 && { CONSUMERS: String(consumers) }),
        },
        stdio: ['ignore', log, log],
      });
      running.set(service, child);
      await until(
        `${service} of the usual stack to be ready`,
        () => {
          if (!isRunning(child)) throw new Error(`${service} of the usual stack ended while starting`);
          return readFileSync(join(folder, `${service}.log`), 'utf8').includes('READY');
        },
        { withinMs: 90_000 },
      );
    },
    async startAll() {
      const admin = await stack.admin();
      await admin.createTopics({
        waitForLeaders: true,
        topics: topics.map((topic) => ({ topic, numPartitions: 6, replicationFactor: 1 })),
      });
      const schools = Array.from({ length: 20 }, (_, n) => `school-${n}`);
      await db('casework')
        .collection('teams')
        .insertMany(
          schools.flatMap((schoolId) =>
            topicsOf.map((topic) => ({ schoolId, topic, name: `${topic} team` })),
          ),
        );
      for (const service of services) await side.start(service);
    },
    async kill(service) {
      const child = running.get(service);
      if (!child || !isRunning(child)) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await gone;
    },
    hold: (service) => running.get(service).kill('SIGSTOP'),
    release: (service) => running.get(service).kill('SIGCONT'),

    /** Inputs as they appear in the report: id → instant (performance.now). */
    watch() {
      const times = new Map();
      const stream = rows.watch([
        { $match: { operationType: 'insert' } },
        { $project: { 'fullDocument.submissionId': 1 } },
      ]);
      stream.on('change', ({ fullDocument: { submissionId } }) => {
        if (!times.has(submissionId)) times.set(submissionId, performance.now());
      });
      stream.on('error', () => {});
      return { times, close: () => stream.close() };
    },
    before: () => rows.estimatedDocumentCount(),
    /** The instant (epoch ms) at which the report shows `many` more than `before`. */
    async allShown(before, many) {
      await until('the usual stack to show all', async () => (await side.before()) >= before + many, {
        withinMs: 300_000,
      });
      return Date.now();
    },

    counts: async () => ({
      stored: await submissions.estimatedDocumentCount(),
      cases: await cases.estimatedDocumentCount(),
      shown: await rows.estimatedDocumentCount(),
    }),
    /** Of these inputs, those that have no case. */
    async unrouted(ids) {
      const routed = new Set(await cases.distinct('submissionId'));
      return ids.filter((id) => !routed.has(id)).length;
    },
    storedIds: async () =>
      (await submissions.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => String(_id)),
    /** Cases, rows and counts beyond one for each input. */
    async doubled() {
      const inputs = new Set(await cases.distinct('submissionId')).size;
      const counters = await db('reporting').collection('counters').find({}).toArray();
      const counted = counters.reduce((sum, one) => sum + one.cases, 0);
      return Math.max(
        (await cases.countDocuments()) - inputs,
        (await rows.countDocuments()) - inputs,
        counted - inputs,
      );
    },
    /** An event that cannot be handled: it names a topic for which there is no team. */
    poison: () => side.submit(0, { topic: 'playground' }),
    async malformed() {
      const producer = stack.kafka.producer();
      await producer.connect();
      await producer.send({ topic: topics[0], messages: [{ key: 'x', value: '{"id": not json' }] });
      await producer.disconnect();
    },

    async close() {
      client.close();
      for (const service of services) await side.kill(service);
      await (await stack.admin()).deleteTopics({ topics }).catch(() => undefined);
      for (const service of services) await db(service).dropDatabase();
    },
  };
  return side;
}
