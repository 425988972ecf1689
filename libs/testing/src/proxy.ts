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

/** What a proxy really did to those who were connected, since it started: weather that nobody was out in spoils nothing. */
export interface Spoilt {
  /** Connections that stood and were broken. */
  cut: number;
  /** Connections that were refused. */
  refused: number;
  /** Chunks that came late by delay or narrowness, by ten ms at least. */
  delayed: number;
  /** Chunks that stood still, because it hung or was mute. */
  held: number;
}

/** A connection between two programs that a test spoils: TCP as it comes, to a port of this machine. */
export interface Proxy {
  port: number;
  readonly spoilt: Readonly<Spoilt>;
  /** From now on it is like this, for connections that stand as well. `{}` is fine weather. */
  set(weather: Weather): void;
  /** Breaks what stands, and refuses what comes, until it is set anew. */
  cut(): void;
  close(): Promise<void>;
}

/** Bytes that wait in one direction before the sender is held back. */
const queueLimit = 256 * 1024;
/** Less is no delay: a small chunk passes the narrowest connection in no time. */
const lateMs = 10;

export async function startProxy(target: number): Promise<Proxy> {
  let weather: Weather = {};
  let isCut = false;
  const spoilt: Spoilt = { cut: 0, refused: 0, delayed: 0, held: 0 };
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    if (isCut) {
      spoilt.refused += 1;
      return void client.destroy();
    }
    clients.add(client.once('close', () => clients.delete(client)));
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
    pass(client, upstream, () => ({ ...weather, hangs: weather.hangs ?? false }), spoilt);
    pass(upstream, client, () => ({ ...weather, hangs: weather.hangs || weather.mute || false }), spoilt);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    spoilt,
    set: (next) => {
      weather = next;
      isCut = false;
    },
    cut: () => {
      isCut = true;
      spoilt.cut += clients.size;
      for (const socket of sockets) socket.destroy();
    },
    close: () => closed(server, sockets),
  };
}

/** One direction: chunks in order, each when its time has come. */
function pass(from: Socket, to: Socket, now: () => Weather, spoilt: Spoilt): void {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    const delayMs = now().delayMs ?? 0;
    const due = Date.now() + delayMs;
    waiting += chunk.length;
    if (waiting > queueLimit) from.pause();
    last = last.then(async () => {
      await until(due);
      if (now().hangs) spoilt.held += 1;
      while (now().hangs && !to.destroyed) await until(Date.now() + 20);
      const { bytesPerSecond } = now();
      const narrowMs = bytesPerSecond ? (chunk.length / bytesPerSecond) * 1_000 : 0;
      await until(Date.now() + narrowMs);
      if (delayMs + narrowMs >= lateMs) spoilt.delayed += 1;
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
