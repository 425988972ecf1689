import { Worker } from 'node:worker_threads';
import type { RowChunks } from '../generations/row-chunks.js';
import type { Progress } from './progress.js';
import type { FromThread, QuarantinedRow, StagingOrder, StagingResult, ToThread } from './thread-messages.js';

/** What the thread may hold, in MB. A roster of a million people needs half of it. */
const limits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 24 };

/** How often the service is told that the thread runs. */
const pulseMs = 5_000;

/**
 * Stages a feed in a thread of its own.
 * @param beat called now and then with rows that were put aside; when it throws, staging ends with that error.
 * @throws Error that says why nothing of the feed can be taken.
 */
export function stageInThread(
  order: StagingOrder,
  chunks: RowChunks,
  beat: (quarantined: QuarantinedRow[], progress?: Progress) => Promise<void>,
): Promise<StagingResult> {
  const thread = new Worker(new URL('./staging-thread.js', import.meta.url), {
    workerData: order,
    resourceLimits: limits,
    // What is set for the service is not for its threads.
    execArgv: [],
  });
  const { district } = order;
  return new Promise<StagingResult>((resolve, reject) => {
    let isDone = false;
    // A thread that reads a long run of empty lines says nothing, and is alive.
    const pulse = setInterval(() => void beat([]).catch((error: unknown) => end(error as Error)), pulseMs);
    const end = (error: Error): void => {
      reject(error);
      void thread.terminate();
    };
    const answer = async (message: FromThread): Promise<void> => {
      if (message.type === 'done') {
        isDone = true;
        resolve(message.result);
        return;
      }
      const reply: ToThread = { call: message.call };
      if (message.type === 'get') reply.text = await chunks.get(district, message.digest);
      else if (message.type === 'put') await chunks.put(district, message.digest, message.text);
      else await beat(message.quarantined, message.progress);
      thread.postMessage(reply);
    };
    thread.on(
      'message',
      (message: FromThread) => void answer(message).catch((error: unknown) => end(error as Error)),
    );
    thread.once('error', (error: Error & { code?: string }) =>
      end(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new Error(
              'reading it took more memory than a roster may: a row or a list in it is out of all proportion',
            )
          : error,
      ),
    );
    thread.once('exit', () => {
      clearInterval(pulse);
      if (!isDone) reject(new Error('the thread that read it ended early'));
    });
  });
}
