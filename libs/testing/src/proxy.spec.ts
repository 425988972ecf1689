import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startProxy } from './proxy.js';
import type { Proxy } from './proxy.js';

let server: Server;
let proxy: Proxy;
const heard: string[] = [];

beforeAll(async () => {
  // Says back what it is told.
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk.toString());
      socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startProxy((server.address() as AddressInfo).port);
});
beforeEach(() => proxy.set({}));
afterAll(async () => {
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

function caller(): Socket {
  return connect({ port: proxy.port, host: '127.0.0.1' }).on('error', () => undefined);
}

/** What comes back within so many ms. */
async function ask(socket: Socket, words: string, ms = 100): Promise<string> {
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.write(words);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return answer;
}

it('passes everything in fine weather, in order', async () => {
  const socket = caller();
  const long = 'abcdefghij'.repeat(100_000);
  const before = { ...proxy.spoilt };
  expect(await ask(socket, long, 500)).toBe(long);
  expect(proxy.spoilt).toEqual(before);
  socket.destroy();
});

it('slow: comes late; narrow: comes bit by bit', async () => {
  const socket = caller();
  const { delayed } = proxy.spoilt;
  proxy.set({ delayMs: 150 });
  expect(await ask(socket, 'late')).toBe('');
  await new Promise((resolve) => setTimeout(resolve, 400));
  // There and back.
  expect(proxy.spoilt.delayed).toBe(delayed + 2);
  proxy.set({ bytesPerSecond: 20 });
  expect(await ask(socket, 'narrow', 500)).toBe('');
  expect(proxy.spoilt.delayed).toBe(delayed + 3);
  socket.destroy();
});

it('mute: what is asked arrives, the answer does not; hung: nothing passes until it is set anew', async () => {
  const socket = caller();
  const { held } = proxy.spoilt;
  proxy.set({ mute: true });
  expect(await ask(socket, 'do it')).toBe('');
  expect(heard.at(-1)).toBe('do it');
  expect(proxy.spoilt.held).toBe(held + 1);
  socket.destroy();
  const other = caller();
  proxy.set({ hangs: true });
  expect(await ask(other, 'and this')).toBe('');
  expect(heard.at(-1)).toBe('do it');
  proxy.set({});
  expect(await ask(other, '')).toBe('and this');
  other.destroy();
});

it('cut: breaks what stands and refuses what comes', async () => {
  const socket = caller();
  await ask(socket, 'hello');
  const { cut, refused: refusals } = proxy.spoilt;
  const broken = new Promise((resolve) => socket.once('close', resolve));
  proxy.cut();
  await broken;
  expect(proxy.spoilt).toMatchObject({ cut: cut + 1, refused: refusals });
  const refused = caller();
  await new Promise((resolve) => refused.once('close', resolve));
  expect(refused.destroyed).toBe(true);
  expect(proxy.spoilt).toMatchObject({ cut: cut + 1, refused: refusals + 1 });
});
