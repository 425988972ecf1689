import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Db, Document } from 'mongodb';
import type { Publisher } from '#contracts';
import { TestTopics } from '#messaging';
import { trustedDistrict } from '#platform';
import { Broken, comes } from './check.js';
import { kafkaProtocol, mongoProtocol } from './protocols.js';
import { Tap } from './tap.js';

/** A service in a process of its own, with a tap on each of its two wires. */
export interface Instance {
  mongo: Tap;
  kafka: Tap;
  /** Has it do something. @throws Refused with its own words when it says no. */
  ask<T = unknown>(act: string, ...args: unknown[]): Promise<T>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** What a process answered instead of doing it. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export interface Start {
  /** Its clock is so many milliseconds slow. */
  clockBehindMs?: number;
  /** What is to be forced on its wires before it says its first word. */
  at?(taps: Pick<Instance, 'mongo' | 'kafka'>): void;
}

type Service = 'roster' | 'reporting';
interface Answer {
  ready?: true;
  no?: number;
  value?: unknown;
  refused?: string;
}

/** The processes of one build and the engines behind them, under topics and databases of their own. */
export class Bench {
  readonly topics = new TestTopics();
  private readonly running = new Map<string, Promise<Instance>>();
  private readonly children = new Set<ChildProcess>();
  private readonly taps: Tap[] = [];
  private told = 0;
  private ended = (_: Broken): void => undefined;

  private constructor(
    private readonly folder: string,
    private readonly prefix: string,
    private readonly client: MongoClient,
  ) {}

  /** `folder` holds the build; the environment names the engines and the prefix. */
  static async open(folder: string): Promise<Bench> {
    const client = await new MongoClient(process.env['HEARBACK_MONGO']!).connect();
    return new Bench(folder, process.env['HEARBACK_PREFIX']!, client);
  }

  db(service: Service): Db {
    return this.client.db(`${this.prefix}-${service}`);
  }

  /** The writer, or another one by name; started when it is not running. */
  writer(name = 'first', how: Start = {}): Promise<Instance> {
    return this.instance(`roster ${name}`, 'roster', how);
  }

  /** A new writer, once all others are dead: nobody else publishes in its place. */
  async onlyWriter(): Promise<Instance> {
    await Promise.all([...this.running.values()].map(async (one) => (await one).kill()));
    await this.leasesRunOut();
    return this.writer();
  }

  reader(): Promise<Instance> {
    return this.instance('reporting', 'reporting');
  }

  /** Publishes as another service would. */
  async tell(
    orgId: string,
    name: string,
    seq?: number,
    publisher: Publisher = 'roster',
    district = 'moon',
  ): Promise<void> {
    this.told += 1;
    const at = '2026-11-22T08:00:00.000Z';
    const event = { type: 'org.changed', orgId, name, level: 'school', active: true, at } as const;
    await this.topics.publish(publisher, trustedDistrict(district), event, seq);
  }

  async tellBytes(orgId: string, bytes: Buffer): Promise<void> {
    this.told += 1;
    await this.topics.publishRaw('roster', orgId, bytes);
  }

  /** How many of the messages that were told have their offset committed: a kill now would not bring them again. */
  async committed(): Promise<number> {
    const offsets = await this.topics.committed('reporting');
    let sum = 0;
    for (const [place, offset] of offsets)
      if (/\.(roster|casework)\//.test(place) && offset > 0n) sum += Number(offset);
    return sum;
  }

  /** Whether the reader is done, one way or the other, with everything that was told. */
  async isSettled(): Promise<boolean> {
    return (await this.committed()) >= this.told;
  }

  async settled(): Promise<void> {
    await comes(() => this.isSettled(), 'the reader to be done with all events');
  }

  /** Rejects when a process ends that nobody has killed: nothing that is waited for comes from it any more. */
  endsByItself(): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    this.ended = reject;
    return promise;
  }

  async names(orgId: string, district = 'moon'): Promise<string[]> {
    const found = await this.db('reporting')
      .collection('names')
      .findOne({ _id: `${district}/${orgId}` as never });
    return (found?.['state'] as { names: string[] } | undefined)?.names ?? [];
  }

  /** What is parked of a key, by kind. */
  async parked(orgId: string): Promise<{ id: string; kind: string }[]> {
    const found = await this.db('reporting')
      .collection('parked')
      .find({ key: orgId })
      .sort({ seq: 1 })
      .toArray();
    return found.map(({ _id, kind }) => ({ id: String(_id), kind: kind as string }));
  }

  /** The writer's document as it is stored. */
  async document(orgId: string): Promise<Document> {
    return (
      (await this.db('roster')
        .collection('hot')
        .findOne({ _id: `moon/${orgId}` as never })) ?? {}
    );
  }

  /** Some seconds pass for a lease that a dead process held. */
  async leasesRunOut(): Promise<void> {
    await this.db('roster').collection('leases').deleteMany({});
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    for (const tap of this.taps) tap.close();
    await this.topics.deleteAll();
    await this.topics.close();
    for (const service of ['roster', 'reporting'] as const) await this.db(service).dropDatabase();
    await this.client.close();
  }

  private instance(name: string, service: Service, how: Start = {}): Promise<Instance> {
    const there = this.running.get(name);
    if (there) return there;
    const starting = this.start(service, how, () => this.running.delete(name));
    this.running.set(name, starting);
    return starting;
  }

  private async start(service: Service, how: Start, ended: () => void): Promise<Instance> {
    const broker = addressOf(process.env['HEARBACK_KAFKA']!);
    const kafka = await Tap.open(broker, kafkaProtocol(broker));
    const mongo = await Tap.open(addressOf(process.env['HEARBACK_MONGO']!), () => mongoProtocol);
    this.taps.push(kafka, mongo);
    how.at?.({ kafka, mongo });
    const child = fork(join(this.folder, 'dist/test/faults/seeded/role.js'), [service], {
      execArgv: [],
      env: {
        ...process.env,
        HEARBACK_KAFKA: `127.0.0.1:${kafka.port}`,
        HEARBACK_MONGO: `mongodb://127.0.0.1:${mongo.port}/?directConnection=true`,
        SEEDED_CLOCK_BEHIND_MS: String(how.clockBehindMs ?? 0),
      },
    });
    this.children.add(child);
    child.once('exit', () => {
      this.children.delete(child);
      ended();
    });
    const ask = await conversation(child, service);
    const endedByItself = (code: number | null, signal: string | null): void =>
      this.ended(new Broken(`the ${service} process ended by itself with ${code ?? signal}`));
    child.once('exit', endedByItself);
    const kill = async (): Promise<void> => {
      child.off('exit', endedByItself);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      kafka.close();
      mongo.close();
    };
    return { kafka, mongo, ask, kill };
  }
}

function addressOf(url: string): { host: string; port: number } {
  const [, host, port] = /^(?:mongodb:\/\/)?(?:[^@/]*@)?([^:,/]+):(\d+)/.exec(url) ?? [];
  if (!host || !port) throw new Error(`${url} names no host and port`);
  return { host, port: Number(port) };
}

/** Resolves once the process says that it is ready. */
function conversation(child: ChildProcess, service: Service): Promise<Instance['ask']> {
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let last = 0;
  const ask: Instance['ask'] = <T>(act: string, ...args: unknown[]) => {
    last += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    waiting.set(last, { resolve, reject });
    child.send({ no: last, act, args });
    // A check that has failed does not wait for it any more.
    promise.catch(() => undefined);
    return promise;
  };
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the ${service} process did not start in 60 s`)), 60_000);
    child.on('message', ({ ready, no, value, refused }: Answer) => {
      clearTimeout(late);
      if (ready) return resolve(ask);
      const asked = waiting.get(no!)!;
      waiting.delete(no!);
      if (refused === undefined) asked.resolve(value as never);
      else asked.reject(new Refused(refused));
    });
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      const gone = new Error(`the ${service} process ended with ${code ?? signal}`);
      reject(gone);
      for (const asked of waiting.values()) asked.reject(new Broken(gone.message));
    });
  });
}
