import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { MongoError, MongoNetworkError } from 'mongodb';

type Once = (emitter: Socket, name: string, options?: object) => Promise<unknown>;

/**
 * Mends the driver (7.8.0, and still 7.9.0). A command that a socket does not take at once waits for `drain` or `error`:
 * - a socket that is closed gives neither. Whoever wrote it waited for ever, past every time-out, with its connection:
 *   after a MongoDB was killed under load, a batch of events was in hand until the watchdog ended the process, a minute
 *   later. Such a wait ends with the socket now, as a lost connection does.
 * - the socket's error was passed on as it was, which neither the driver nor we take for a lost connection: nothing
 *   was tried again, and a caller got 500 instead of 503.
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
    } catch (error) {
      if (error instanceof MongoError) throw error;
      throw new MongoNetworkError((error as Error).message, { cause: error as Error });
    } finally {
      socket.off('close', close!);
    }
  };
}
