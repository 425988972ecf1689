/** A real Kafka broker without Docker: its jars by Maven, one node that is broker and controller (KRaft). */
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  leftover,
  portIsFree,
  rotate,
  run,
  runningChild,
  runningPid,
  spawnLogged,
  stopPid,
  waitUntil,
} from './processes.mjs';
import { Problem } from './tell.mjs';
import { kafkaAnswers } from './wire.mjs';

const POM = fileURLToPath(new URL('./kafka/pom.xml', import.meta.url));
const HOST = '127.0.0.1';

/** Refuses what cannot fetch or run the broker. @param {string} enginesDir */
export async function checkKafka(enginesDir) {
  const install = 'install Java 17 or newer (Debian: apt install openjdk-17-jre-headless)';
  const { code, output } = await run('java', ['-version']);
  if (code === null) throw new Problem('Kafka needs Java, and there is no `java` on the PATH', install);
  const version = /version "(\d+)(?:\.(\d+))?/.exec(output);
  const major = version?.[1] === '1' ? Number(version[2]) : Number(version?.[1]);
  if (!(major >= 17)) {
    throw new Problem(
      `Kafka needs Java 17 or newer, and \`java\` here is ${major || 'of an unknown version'}`,
      install,
    );
  }
  if (!isInstalled(join(enginesDir, 'kafka')) && (await run('mvn', ['-version'])).code === null) {
    throw new Problem(
      'Kafka comes by Maven, and there is no `mvn` on the PATH',
      'install Maven (Debian: apt install maven)',
    );
  }
}

/** Its pom.xml is copied last, so that it also marks a whole download of the right version. @param {string} home */
function isInstalled(home) {
  const stampFile = join(home, 'pom.xml');
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === readFileSync(POM, 'utf8');
}

/**
 * Downloads the broker's jars, unless they are there.
 * @param {string} enginesDir the broker goes to its `kafka` folder
 * @returns {Promise<string>} the folder with the jars
 */
export async function installKafka(enginesDir) {
  const home = join(enginesDir, 'kafka');
  if (isInstalled(home)) return home;
  const parts = `${home}.part-${process.pid}`;
  rmSync(parts, { recursive: true, force: true });
  mkdirSync(parts, { recursive: true });
  const { code, output } = await run('mvn', [
    '-q',
    '-B',
    '-f',
    POM,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${parts}`,
  ]);
  if (code !== 0) {
    rmSync(parts, { recursive: true, force: true });
    const reason = /No space left|disk is full/i.test(output)
      ? 'the disk is full'
      : output
          .split('\n')
          .find((line) => line.includes('ERROR'))
          ?.replace(/.*ERROR\S*\s*/, '')
          .slice(0, 200);
    throw new Problem(
      `Maven could not fetch Kafka (${reason ?? `exit ${code}`})`,
      'check disk and network, then start again',
    );
  }
  copyFileSync(POM, join(parts, 'pom.xml'));
  rmSync(home, { recursive: true, force: true });
  renameSync(parts, home);
  return home;
}

/**
 * Takes the broker that an earlier launcher left running on the same data, when it answers; else sees that the ports
 * are free.
 * @param {{ dir: string, port: number, controllerPort: number }} options
 * @returns {Promise<import('./processes.mjs').Running | undefined>}
 */
export async function findKafka({ dir, port, controllerPort }) {
  const { pidFile, config } = filesIn(dir);
  const pid = await leftover(pidFile, config);
  if (pid !== undefined) {
    if (await kafkaAnswers(HOST, port))
      return runningPid({ name: 'Kafka', port, address: `${HOST}:${port}`, pid, pidFile });
    await stopPid(pid, pidFile, 5_000);
  }
  for (const needed of [port, controllerPort]) {
    if (await portIsFree(needed)) continue;
    throw new Problem(
      `Port ${needed} is taken, and Kafka needs it`,
      'stop what listens there, or choose another with HEARBACK_PORT_KAFKA',
    );
  }
  return undefined;
}

/** @param {string} dir */
const filesIn = (dir) => ({ pidFile: join(dir, 'kafka.pid'), config: join(dir, 'kafka.properties') });

/**
 * @param {{ enginesDir: string, dir: string, logsDir: string, port: number, controllerPort: number, heapMb: number, doors: import('./engines.d.mts').KafkaDoor[] }} options
 * @returns {Promise<import('./processes.mjs').Running>}
 */
export async function startKafka({ enginesDir, dir, logsDir, port, controllerPort, heapMb, doors }) {
  const name = 'Kafka';
  const logFile = join(logsDir, 'kafka.log');
  const address = `${HOST}:${port}`;
  const { pidFile, config } = filesIn(dir);
  await checkKafka(enginesDir);
  const jars = join(await installKafka(enginesDir), '*');
  const data = join(dir, 'kafka');
  mkdirSync(data, { recursive: true });
  writeFileSync(config, properties(data, port, controllerPort, doors));
  if (!existsSync(join(data, 'meta.properties'))) {
    // Never one that begins with a hyphen, which the tool takes for an option: one of 64 would.
    const id = `h${randomBytes(16).toString('base64url').slice(1)}`;
    const { code, output } = await run('java', [
      '-cp',
      jars,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      id,
      '-c',
      config,
    ]);
    if (code !== 0) {
      const full = /No space left/i.test(output) ? 'The disk is full' : 'Kafka could not prepare its storage';
      throw new Problem(
        `${full} (${output.trim().split('\n').at(-1)?.slice(0, 200)})`,
        `look at ${dirname(data)}`,
      );
    }
  }
  const flags = [
    '-Xms128m',
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-Djava.awt.headless=true',
    '-Dorg.apache.logging.log4j.level=WARN',
  ];
  rotate(logFile);
  const child = spawnLogged('java', [...flags, '-cp', jars, 'kafka.Kafka', config], {
    logFile,
    pidFile,
    cwd: dir,
  });
  const running = runningChild({ name, port, address, child, logFile, pidFile });
  try {
    await waitUntil(name, child, logFile, () => kafkaAnswers(HOST, port));
  } catch (error) {
    await running.stop(0);
    throw error;
  }
  return running;
}

/** @param {string} data @param {number} port @param {number} controllerPort @param {import('./engines.d.mts').KafkaDoor[]} doors */
function properties(data, port, controllerPort, doors) {
  const listeners = doors.map((door, i) => `,DOOR${i}://${HOST}:${door.port}`).join('');
  const advertised = doors.map((door, i) => `,DOOR${i}://${HOST}:${door.advertised}`).join('');
  const protocols = doors.map((_, i) => `,DOOR${i}:PLAINTEXT`).join('');
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${HOST}:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}${listeners}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${port}${advertised}`,
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}`,
    'log.dirs': data,
    'auto.create.topics.enable': false,
    'num.partitions': 6,
    'offsets.topic.num.partitions': 5,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // One small machine: few threads, little memory, and index files that do not each reserve 10 MB of disk.
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.index.size.max.bytes': 1_048_576,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
