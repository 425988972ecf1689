import type { INestApplicationContext } from '@nestjs/common';

const running = new Set<INestApplicationContext>();
let listening = false;

/** On SIGTERM or SIGINT: finish what is in hand, flush, leave the group, exit 0; after 10 s exit 1. */
export function stopOnSignals(app: INestApplicationContext): void {
  running.add(app);
  if (listening) return;
  listening = true;
  const stop = (): void => {
    setTimeout(() => {
      process.stderr.write('not everything stopped within 10 s; exiting: what was in hand is done again\n');
      process.exit(1);
    }, 10_000).unref();
    void Promise.allSettled([...running].map((one) => one.close())).then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
