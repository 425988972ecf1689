import { describe, expect, it, jest } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { mendIdleTimer } from './idle-timer.js';

mendIdleTimer();

describe('the mended request queue of kafkajs', () => {
  it('still gives up on a broker that takes requests and never answers', async () => {
    const taken: Socket[] = [];
    const mute = createServer((socket) => taken.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const began = jest.spyOn(globalThis, 'setInterval');
    const ended = jest.spyOn(globalThis, 'clearInterval');
    const clients = [1, 2].map(() =>
      new Kafka({
        brokers: [`127.0.0.1:${(mute.address() as AddressInfo).port}`],
        requestTimeout: 300,
        retry: { retries: 0 },
        logLevel: logLevel.NOTHING,
      }).admin(),
    );
    const connecting = clients.map((client) => client.connect());
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(taken).toHaveLength(2);
    // One for both connections, not one each.
    expect(began).toHaveBeenCalledTimes(1);

    for (const one of connecting) await expect(one).rejects.toThrow(/timed out/);

    await Promise.all(clients.map((client) => client.disconnect()));
    expect(ended.mock.calls.flat()).toContain(began.mock.results[0]!.value);
    for (const socket of taken) socket.destroy();
    mute.close();
  });
});
