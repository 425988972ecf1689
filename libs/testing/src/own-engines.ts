import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engines } from './engines.js';
import { freePorts } from './instance.js';
import { startProxy } from './proxy.js';
import type { Proxy } from './proxy.js';

export type EngineName = 'kafka' | 'mongo';

/** The engines as one caller reaches them: through proxies that can be spoilt. */
export interface Door {
  kafka: Proxy;
  mongo: Proxy;
  /** For the environment of that caller. */
  env: { HEARBACK_KAFKA: string; HEARBACK_MONGO: string };
}

/** A Kafka and a MongoDB that a test may kill: local programs, on data and ports that stay the same. */
export interface OwnEngines extends Engines {
  /** SIGKILL; nothing answers in its place until `start`. */
  kill(engine: EngineName): Promise<void>;
  /** On the same data and port. Resolves when it answers. */
  start(engine: EngineName): Promise<void>;
  /** SIGSTOP: connections stand, nothing is answered. SIGCONT: it goes on. */
  signal(engine: EngineName, signal: 'SIGSTOP' | 'SIGCONT'): void;
  doors: readonly Door[];
}

interface Started {
  kafka: string;
  mongo: string;
  stop(graceMs?: number): Promise<void>;
}

/** The launcher's own; it is plain JavaScript that is not built, so it is found at run time. */
const launcher = new URL('../../../../deploy/local/engines.mjs', import.meta.url).href;

/** @throws Problem that says what this machine lacks. */
export async function ownEngines(doorCount = 0): Promise<OwnEngines> {
  const { startEngines } = (await import(launcher)) as { startEngines(options: object): Promise<Started> };
  const dir = mkdtempSync(join(tmpdir(), 'hearback-engines-'));
  const [mongoPort, ...listeners] = await freePorts(1 + doorCount);
  const kafkaPort = await pairOfPorts();
  const proxies = await Promise.all(
    listeners.map(async (port) => ({
      port,
      kafka: await startProxy(port),
      mongo: await startProxy(mongoPort!),
    })),
  );
  const kafkaDoors = proxies.map(({ port, kafka }) => ({ port, advertised: kafka.port }));
  const starting: Record<EngineName, () => Promise<Started>> = {
    kafka: () => startEngines({ dir, kafkaPort, kafkaDoors, withMongo: false }),
    mongo: () => startEngines({ dir, mongoPort, withKafka: false }),
  };
  const pid = (engine: EngineName): number | undefined => {
    const file = join(dir, `${engine}.pid`);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  };
  // Engines lead process groups of their own: a scenario that is ended in the middle must not leave them behind.
  const atExit = (): void => {
    for (const engine of ['kafka', 'mongo'] as const) send(pid(engine), 'SIGKILL');
  };
  process.once('exit', atExit);
  const [kafka, mongo] = await Promise.all([starting.kafka(), starting.mongo()]);
  const running: Record<EngineName, Started> = { kafka, mongo };
  return {
    kafka: kafka.kafka,
    mongo: mongo.mongo,
    kill: (engine) => running[engine].stop(0),
    start: async (engine) => {
      running[engine] = await starting[engine]();
    },
    signal: (engine, signal) => send(pid(engine), signal),
    doors: proxies.map(({ kafka: forKafka, mongo: forMongo }) => ({
      kafka: forKafka,
      mongo: forMongo,
      env: {
        HEARBACK_KAFKA: `127.0.0.1:${forKafka.port}`,
        // One address, whatever the set says of itself.
        HEARBACK_MONGO: `mongodb://127.0.0.1:${forMongo.port}/?directConnection=true`,
      },
    })),
    stop: async () => {
      await Promise.all(Object.values(running).map((one) => one.stop(0)));
      await Promise.all(proxies.flatMap((one) => [one.kafka.close(), one.mongo.close()]));
      process.off('exit', atExit);
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function send(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** A free port whose next one is free as well: Kafka's controller takes it. */
async function pairOfPorts(): Promise<number> {
  const { portIsFree } = (await import(
    new URL('../../../../deploy/local/processes.mjs', import.meta.url).href
  )) as { portIsFree(port: number): Promise<boolean> };
  for (;;) {
    const [port] = await freePorts(1);
    if (port! < 65_000 && (await portIsFree(port! + 1))) return port!;
  }
}
