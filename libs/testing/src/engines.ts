import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Kafka and a real MongoDB. */
export interface Engines {
  kafka: string;
  mongo: string;
  stop(): Promise<void>;
}

/**
 * The engines of a test run: those that the runner has started (HEARBACK_TEST_KAFKA and HEARBACK_TEST_MONGO), else
 * containers where Docker runs, else the same local binaries as `npm start` uses.
 */
export async function engines(): Promise<Engines> {
  const { HEARBACK_TEST_KAFKA: kafka, HEARBACK_TEST_MONGO: mongo } = process.env;
  if (kafka && mongo) return { kafka, mongo, stop: async () => undefined };
  return dockerRuns() ? containers() : localBinaries();
}

function dockerRuns(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

async function containers(): Promise<Engines> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const mongo = await new GenericContainer('mongo:8')
    .withCommand(['--replSet', 'rs0', '--bind_ip_all'])
    .withExposedPorts(27017)
    .withWaitStrategy(Wait.forLogMessage(/Waiting for connections/))
    .start();
  await mongo.exec([
    'mongosh',
    '--quiet',
    '--eval',
    "rs.initiate({_id:'rs0',members:[{_id:0,host:'localhost:27017'}]})",
  ]);
  const kafka = await new GenericContainer('apache/kafka:4.1.0')
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return {
    kafka: `127.0.0.1:${port}`,
    mongo: `mongodb://${mongo.getHost()}:${mongo.getMappedPort(27017)}/?directConnection=true`,
    stop: async () => {
      await Promise.all([kafka.stop(), mongo.stop()]);
    },
  };
}

async function localBinaries(): Promise<Engines> {
  // By its address at run time: the launcher is plain JavaScript that is not built.
  const launcher = new URL('../../../../deploy/local/engines.mjs', import.meta.url).href;
  const { startEngines } = (await import(launcher)) as {
    startEngines(options: object): Promise<Omit<Engines, 'stop'> & { stop(): Promise<void> }>;
  };
  const dir = mkdtempSync(join(tmpdir(), 'hearback-test-'));
  const started = await startEngines({ dir });
  return {
    ...started,
    stop: async () => {
      await started.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
