// Node's own inspector, from outside: what a process holds after a collection, and where its time goes.
import { readFileSync } from 'node:fs';
import { until } from './load.mjs';

/** Connects to a process that was started with --inspect=0 and wrote its address to this log. */
export async function inspected(logFile) {
  const url = await until(
    'the inspector to listen',
    () => /Debugger listening on (ws:\S+)/.exec(readFileSync(logFile, 'utf8'))?.[1],
  );
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`${url} does not answer`)), { once: true });
  });
  const waiting = new Map();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const one = waiting.get(id);
    waiting.delete(id);
    if (error) one?.reject(new Error(error.message));
    else one?.resolve(result);
  });
  const ask = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return {
    /** Megabytes in use after a full collection. */
    async heapMb() {
      await ask('HeapProfiler.collectGarbage');
      const { usedSize } = await ask('Runtime.getHeapUsage');
      return usedSize / 1024 / 1024;
    },
    async startProfile() {
      await ask('Profiler.enable');
      await ask('Profiler.setSamplingInterval', { interval: 500 });
      await ask('Profiler.start');
    },
    /** The profile since `startProfile`, as in a .cpuprofile file. */
    stopProfile: async () => (await ask('Profiler.stop')).profile,
  };
}
