import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** One request on its way from a process to an engine. */
export interface Request {
  /** What it asks for: a Kafka api (`Produce`), or a MongoDB command and its collection (`update hot`). */
  what: string;
  /** Its bytes as text, to look for a name or an id in. */
  text: string;
  bytes: Buffer;
}

/** How an engine's bytes fall into requests, and what of its answers has to be changed on the way back. */
export interface Protocol {
  /** The whole length of the first request or answer in these bytes; undefined while that is not known yet. */
  lengthOf(bytes: Buffer): number | undefined;
  read(bytes: Buffer): Request;
  answer?(bytes: Buffer): Buffer;
}

export type Match = (request: Request) => boolean;

/** Requests that do not go on until they are let go. */
export interface Held {
  /** How many have come so far. */
  count(): number;
  /** Sends on what waits; what comes later is not held any more. */
  release(): void;
}

interface Rule {
  matches: Match;
  /** Resolves to what becomes of the request. */
  decide: () => 'cut' | 'lose answer' | Promise<'pass'>;
}

/**
 * A place on the wire between one process and one engine, at which its requests are seen, held back, cut off before they
 * arrive, or robbed of their answers. What a process may do when is forced here, whatever its code looks like.
 */
export class Tap {
  /** Every request that a process has sent, in order, whether it went on or not. */
  readonly seen: Request[] = [];
  private readonly rules = new Set<Rule>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly protocol: Protocol,
  ) {}

  /** Listens on a port of its own for connections that it passes on to `to`. */
  static async open(
    to: { host: string; port: number },
    protocolAt: (port: number) => Protocol,
  ): Promise<Tap> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const tap = new Tap(server, protocolAt((server.address() as AddressInfo).port));
    server.on('connection', (near) => tap.join(near, connect({ ...to, noDelay: true })));
    return tap;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  hold(matches: Match): Held {
    const { promise, resolve } = Promise.withResolvers<'pass'>();
    let count = 0;
    const rule: Rule = {
      matches,
      decide: () => {
        count += 1;
        return promise;
      },
    };
    this.rules.add(rule);
    const release = (): void => {
      this.rules.delete(rule);
      resolve('pass');
    };
    return { count: () => count, release };
  }

  /** Cuts the connection of each such request before it arrives, until `end`. */
  cut(matches: Match): { end(): void } {
    return this.rule({ matches, decide: () => 'cut' });
  }

  /** Lets such requests arrive and cuts their connections before the answer comes back, until `end`. */
  loseAnswers(matches: Match): { end(): void } {
    return this.rule({ matches, decide: () => 'lose answer' });
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private rule(rule: Rule): { end(): void } {
    this.rules.add(rule);
    return { end: () => void this.rules.delete(rule) };
  }

  private join(near: Socket, far: Socket): void {
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    let loses = false;
    let before = Promise.resolve();
    near.on(
      'data',
      this.whole((bytes) => {
        const request = this.protocol.read(bytes);
        this.seen.push(request);
        const rule = [...this.rules].find(({ matches }) => matches(request));
        const verdict = rule ? rule.decide() : 'pass';
        // One after another, as a wire is: what comes behind a request that is held waits with it.
        before = before.then(async () => {
          const how = await verdict;
          if (how === 'cut') return cut();
          loses ||= how === 'lose answer';
          far.write(bytes);
        });
      }),
    );
    far.on(
      'data',
      this.whole((bytes) => {
        if (loses) return cut();
        near.write(this.protocol.answer?.(bytes) ?? bytes);
      }),
    );
  }

  /** Calls with one whole request or answer at a time. */
  private whole(take: (bytes: Buffer) => void): (chunk: Buffer) => void {
    let rest = Buffer.alloc(0);
    return (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const length = this.protocol.lengthOf(rest);
        if (length === undefined || rest.length < length) return;
        take(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    };
  }
}
