import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { MongoNetworkError } from 'mongodb';

type Once = (emitter: Socket, name: string, options?: object) => Promise<unknown>;

/**
 * Mends the driver (7.8.0, and still 7.9.0): a command that a socket does not take at once waits for `drain` or
 * `error`, and a socket that is closed gives neither. Whoever wrote it waited for ever, past every time-out, with its
 * connection: after a MongoDB was killed under load, a batch of events was in hand until the watchdog ended the
 * process, a minute later. Such a wait ends with the socket now, as a lost connection does.
 */
export function mendLostDrain(): void {
  const utils = createRequire(import.meta.url)('mongodb/lib/utils.js') as { once: Once };
  const { once } = utils;
  utils.once = async (socket, name, options) => {
    let close: () => void;
    const closed = new Promise<never>((_, reject) => {
      close = () => reject(new MongoNetworkError(`the connection closed before '${name}'`));
      if (socket.destroyed) close();
      else socket.once('close', close);
    });
    try {
      return await Promise.race([once(socket, name, options), closed]);
    } finally {
      socket.off('close', close!);
    }
  };
}
