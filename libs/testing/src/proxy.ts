import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** How a connection is at the moment. */
export interface Weather {
  /** Every packet comes so much later, in ms. */
  delayMs?: number;
  /** So much passes in a second, each way. */
  bytesPerSecond?: number;
  /** Nothing passes, and nobody is told. */
  hangs?: boolean;
  /** What the client sends passes, what it is answered does not: it cannot know what was done. */
  mute?: boolean;
}

/** A connection between two programs that a test spoils: TCP as it comes, to a port of this machine. */
export interface Proxy {
  port: number;
  /** From now on it is like this, for connections that stand as well. `{}` is fine weather. */
  set(weather: Weather): void;
  /** Breaks what stands, and refuses what comes, until it is set anew. */
  cut(): void;
  close(): Promise<void>;
}

/** Bytes that wait in one direction before the sender is held back. */
const queueLimit = 256 * 1024;

export async function startProxy(target: number): Promise<Proxy> {
  let weather: Weather = {};
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect({ port: target, host: '127.0.0.1' });
    for (const one of [client, upstream]) {
      sockets.add(one.setNoDelay(true));
      // The other side hears of it at once, as from a real network.
      one.once('close', () => {
        sockets.delete(one);
        client.destroy();
        upstream.destroy();
      });
      one.on('error', () => undefined);
    }
    pass(client, upstream, () => ({ ...weather, hangs: weather.hangs ?? false }));
    pass(upstream, client, () => ({ ...weather, hangs: weather.hangs || weather.mute || false }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      weather = next;
      isCut = false;
    },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    close: () => closed(server, sockets),
  };
}

/** One direction: chunks in order, each when its time has come. */
function pass(from: Socket, to: Socket, now: () => Weather): void {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    const due = Date.now() + (now().delayMs ?? 0);
    waiting += chunk.length;
    if (waiting > queueLimit) from.pause();
    last = last.then(async () => {
      await until(due);
      while (now().hangs && !to.destroyed) await until(Date.now() + 20);
      const { bytesPerSecond } = now();
      if (bytesPerSecond) await until(Date.now() + (chunk.length / bytesPerSecond) * 1_000);
      if (!to.destroyed) to.write(chunk);
      waiting -= chunk.length;
      if (waiting <= queueLimit) from.resume();
    });
  });
}

async function until(instant: number): Promise<void> {
  const ms = instant - Date.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

function closed(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
