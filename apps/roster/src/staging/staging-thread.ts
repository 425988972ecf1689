import { parentPort, workerData } from 'node:worker_threads';
import type { District } from '#platform';
import { RowChunks } from '../generations/row-chunks.js';
import { stageOrder } from './stage-order.js';
import type { FromThread, StagingOrder, ToThread } from './thread-messages.js';

/**
 * The thread that stages one feed. What it holds is bounded (the service sets the limit, and outlives it), and the
 * service answers requests meanwhile. It has no connection of its own: chunks go through the service.
 */
const port = parentPort!;
const calls = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
let last = 0;

port.on('message', ({ call, text, failed }: ToThread) => {
  const waiting = calls.get(call)!;
  calls.delete(call);
  if (failed === undefined) waiting.resolve(text ?? '');
  else waiting.reject(new Error(failed));
});

type Asked = Extract<FromThread, { call: number }>;

function ask(message: Asked extends infer One ? (One extends Asked ? Omit<One, 'call'> : never) : never) {
  last += 1;
  const call = last;
  port.postMessage({ ...message, call });
  return new Promise<string>((resolve, reject) => calls.set(call, { resolve, reject }));
}

/** How many chunks are on their way to the database at once. */
const mostOnTheWay = 4;

class ChunksOfService extends RowChunks {
  private readonly onTheWay = new Map<string, Promise<unknown>>();

  async put(_: District, digest: string, text: string): Promise<void> {
    while (this.onTheWay.size >= mostOnTheWay) await Promise.race(this.onTheWay.values());
    const sent = ask({ type: 'put', digest, text }).finally(() => this.onTheWay.delete(digest));
    // Its failure ends the thread, by the race above or by `written`.
    sent.catch(() => undefined);
    this.onTheWay.set(digest, sent);
  }

  async get(_: District, digest: string): Promise<string> {
    await this.onTheWay.get(digest);
    return ask({ type: 'get', digest });
  }

  async written(): Promise<void> {
    await Promise.all(this.onTheWay.values());
  }
}

const chunks = new ChunksOfService();
try {
  const result = await stageOrder(workerData as StagingOrder, chunks, async (quarantined, progress) => {
    await ask({ type: 'alive', quarantined, ...(progress && { progress }) });
  });
  await chunks.written();
  port.postMessage({ type: 'done', result } satisfies FromThread);
} finally {
  port.close();
}
