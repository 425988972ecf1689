import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { freePorts } from './instance.js';

/** A MongoDB of three members, of which one is the primary. */
export interface ReplicaSet {
  url: string;
  /** The primary steps down, and another takes over. @returns how long there was none, in ms. */
  stepDown(): Promise<number>;
  stop(): Promise<void>;
}

const launcher = (file: string): string => new URL(`../../../../deploy/local/${file}`, import.meta.url).href;

/** Starts it on data of its own; some ten seconds. */
export async function replicaSet(): Promise<ReplicaSet> {
  const { installMongo } = (await import(launcher('mongo.mjs'))) as {
    installMongo(enginesDir: string): Promise<string>;
  };
  const { ENGINES_DIR } = (await import(launcher('paths.mjs'))) as { ENGINES_DIR: string };
  const program = await installMongo(ENGINES_DIR);
  const dir = mkdtempSync(join(tmpdir(), 'hearback-set-'));
  const ports = await freePorts(3);
  const members = ports.map((port) => startMember(program, join(dir, String(port)), port));
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  const [first, ...others] = await Promise.all(hosts.map(listening));
  await first!.db('admin').command({
    replSetInitiate: {
      _id: 'rs0',
      // A member that does not hear from the primary for two seconds stands for election.
      settings: { electionTimeoutMillis: 2_000 },
      members: hosts.map((host, _id) => ({ _id, host })),
    },
  });
  await Promise.all([first!, ...others].map((one) => one.close()));
  const url = `mongodb://${hosts.join(',')}/?replicaSet=rs0`;
  const client = await new MongoClient(url, { serverSelectionTimeoutMS: 30_000 }).connect();
  const primary = async (): Promise<string> =>
    ((await client.db('admin').command({ hello: 1 })) as { primary?: string }).primary ?? '';
  return {
    url,
    stepDown: async () => {
      const before = await primary();
      await client.db('admin').command({ replSetStepDown: 20, secondaryCatchUpPeriodSecs: 5, force: true });
      const since = Date.now();
      for (;;) {
        const now = await primary().catch(() => '');
        if (now !== '' && now !== before) return Date.now() - since;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => {
      await client.close();
      await Promise.all(members.map(killed));
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Connected once the member listens; before it is in a set, it can be asked nothing else. */
function listening(host: string): Promise<MongoClient> {
  return new MongoClient(`mongodb://${host}/?directConnection=true`).connect();
}

function startMember(program: string, data: string, port: number): ChildProcess {
  mkdirSync(data);
  const options = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'rs0'];
  const small = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '256', '--quiet'];
  return spawn(program, [...options, ...small, '--logpath', `${data}.log`], { stdio: 'ignore' });
}

function killed(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    member.once('exit', () => resolve());
    member.kill('SIGKILL');
  });
}
