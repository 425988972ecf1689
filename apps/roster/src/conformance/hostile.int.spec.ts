import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { RuleBroken } from '#contracts';
import { columnsOf } from '../oneroster/columns.js';
import { openPackage } from '../oneroster/package.js';
import { FileRefused, readCsv } from '../oneroster/read-csv.js';
import { hostileZip, seeded } from './hostile.given.js';
import type { Entry } from './hostile.given.js';

const orgs = 'sourcedId,name,type\nd,Moon,district\n';
const org: Entry = { name: 'orgs.csv', content: orgs };
const megabyte = 2 ** 20;

/** How many rows a package gives, or by which rule it is refused. Any other error is thrown on. */
async function read(content: Buffer, name = 'roster.zip'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'roster-hostile-'));
  try {
    await writeFile(join(folder, name), content);
    const feed = await openPackage(folder);
    try {
      let rows = 0;
      for (const { lines } of feed.files) for await (const some of lines()) rows += some.length;
      return `${rows} rows`;
    } finally {
      feed.close();
    }
  } catch (error) {
    return refusal(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refusal(error: unknown): string {
  if (error instanceof RuleBroken) return `${error.field} ${error.rule}: ${error.message}`;
  if (error instanceof FileRefused) return error.message;
  throw error;
}

async function csv(bytes: Iterable<Buffer>): Promise<string> {
  try {
    let rows = 0;
    for await (const some of readCsv(
      'users.csv',
      async () => Readable.from(bytes),
      columnsOf('users', '1.2'),
    ))
      rows += some.length;
    return `${rows} rows`;
  } catch (error) {
    return refusal(error);
  }
}

/** What a reading takes at its height beyond what was there, in MB; `told` is what came of it. */
async function memoryOf(reading: () => Promise<string>): Promise<{ told: string; megabytes: number }> {
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
  try {
    const told = await reading();
    most = Math.max(most, process.memoryUsage().rss);
    return { told, megabytes: (most - before) / megabyte };
  } finally {
    clearInterval(watch);
  }
}

/** The pieces of a file that nobody holds as a whole, and how many were asked for. */
function pieces(first: string, piece: Buffer, count: number) {
  const asked = { pieces: 0 };
  const all = (function* () {
    yield Buffer.from(first);
    for (; asked.pieces < count; asked.pieces += 1) yield piece;
  })();
  return { all, asked };
}

describe('a hostile archive', () => {
  it('gives its rows when it is honest, packed or not', async () => {
    expect(await read(hostileZip([org]))).toBe('1 rows');
    expect(await read(hostileZip([{ ...org, deflate: true }]))).toBe('1 rows');
    expect(await read(hostileZip([{ ...org, name: 'export/2026/orgs.csv' }]))).toBe('1 rows');
  });
  it.each(['../orgs.csv', 'a/../../orgs.csv', '/etc/orgs.csv', 'C:/orgs.csv', '..\\orgs.csv'])(
    'is refused for a name that climbs out: %s',
    async (name) => expect(await read(hostileZip([{ ...org, name }]))).toMatch(/^file zip: /),
  );
  it('is refused when it says that it is larger than anything may be', async () =>
    expect(await read(hostileZip([{ ...org, deflate: true, claims: 2 ** 31 }]))).toMatch(/^file size: /));
  it('is refused when the sizes of its files add up to too much', async () => {
    const many = ['orgs.csv', 'users.csv', 'roles.csv'].map((name) => ({
      ...org,
      name,
      deflate: true,
      claims: 400 * megabyte,
    }));
    expect(await read(hostileZip(many))).toMatch(/^file size: /);
  });
  it('is cut off when it unpacks to more than it says, without taking the memory for it', async () => {
    const content = `${orgs}${'\n'.repeat(64 * megabyte)}`;
    const bomb = hostileZip([{ name: 'orgs.csv', content, deflate: true, claims: orgs.length }]);
    const { told, megabytes } = await memoryOf(() => read(bomb));
    expect(told).toMatch(/^file zip: /);
    expect(megabytes).toBeLessThan(150);
  });
  it('is refused when it unpacks to less than it says', async () =>
    expect(await read(hostileZip([{ ...org, deflate: true, claims: 1_000 }]))).toMatch(/^file zip: /));
  it('is refused when it is encrypted', async () =>
    expect(await read(hostileZip([{ ...org, encrypted: true }]))).toMatch(/^file zip: .*encrypted/));
  it('is refused when it has more files or entries than a roster', async () => {
    const many = (count: number) =>
      hostileZip(Array.from({ length: count }, (_, i) => ({ name: `${i}.txt`, content: '' })));
    expect(await read(many(51))).toMatch(/^file files: /);
    expect(await read(many(201))).toMatch(/^file files: /);
  });
  it('is not looked into when it lies in another one', async () => {
    const inner = hostileZip([org]);
    expect(await read(hostileZip([{ name: 'inner.zip', content: inner }]))).toMatch(/^file oneroster: /);
    expect(await read(hostileZip([org, { name: 'inner.zip', content: inner }]))).toBe('1 rows');
  });
  it('is refused when it is no archive, empty, or cut off anywhere', async () => {
    const whole = hostileZip([{ ...org, deflate: true }]);
    expect(await read(Buffer.from('not a zip'))).toMatch(/^file zip: /);
    expect(await read(Buffer.alloc(0))).toMatch(/^file zip: /);
    for (let length = 1; length < whole.length; length += 1)
      expect(await read(whole.subarray(0, length))).toMatch(/^file zip: /);
  });
  it('is refused when what is packed is damaged', async () => {
    const damaged = hostileZip([{ ...org, content: orgs.repeat(50), deflate: true }]);
    damaged.fill(0xff, 45, 60);
    expect(await read(damaged)).toMatch(/^file zip: /);
  });
  it('is refused when what is stored is damaged: its checksum tells', async () => {
    const damaged = hostileZip([org]);
    damaged.write('Mars', damaged.indexOf('Moon'));
    expect(await read(damaged)).toMatch(/^file zip: .*orgs\.csv is damaged/);
  });
  it('is refused or read, and nothing else, with any byte of it changed', async () => {
    const random = seeded(20261126);
    const whole = hostileZip([
      { ...org, deflate: true },
      { name: 'notes.txt', content: 'hello' },
    ]);
    for (let i = 0; i < 400; i += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(random() * bytes.length);
      bytes[at] = Math.floor(random() * 256);
      expect(`byte ${at}: ${await read(bytes)}`).toMatch(/^byte \d+: (\d+ rows|\S.*)/);
    }
  });
});

describe('a hostile CSV file', () => {
  const header = 'sourcedId,enabledUser,username,givenName,familyName\n';

  it.each([
    ['without a quote', 'x'],
    ['in a quote that never closes', '"'],
  ])('of one line of a gigabyte, %s, is refused early and in little memory', async (_, start) => {
    const { all, asked } = pieces(`${header}${start}`, Buffer.alloc(megabyte, 'x'), 1_024);
    const { told, megabytes } = await memoryOf(() => csv(all));
    expect(told).toMatch(/^users\.csv: a row is longer than 262144 characters/);
    expect(asked.pieces).toBeLessThan(16);
    expect(megabytes).toBeLessThan(150);
  });
  it('with a header of a gigabyte is refused early', async () => {
    const { all, asked } = pieces('sourcedId', Buffer.alloc(megabyte, 'x'), 1_024);
    expect(await csv(all)).toMatch(/^users\.csv: a row is longer/);
    expect(asked.pieces).toBeLessThan(16);
  });
  it('with 100,000 columns is refused', async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => (i % 2 ? 'b' : `c${i % 7}`));
    expect(await csv([Buffer.from(`${names.join(',')}\n`)])).toMatch(
      /^users\.csv(: a row is longer| has 100000)/,
    );
    const short = Buffer.from(`${',a'.repeat(100_000)}\n`);
    expect(await csv([short])).toBe('users.csv has 100001 columns; at most 500 are read');
  });
  it('with 100,000 columns in a row puts that row aside', async () =>
    expect(await csv([Buffer.from(`${header}${','.repeat(100_000)}\nu,true,u,U,U\n`)])).toBe('2 rows'));
  it('with a NUL byte anywhere is refused, wherever its pieces are cut', async () => {
    const bytes = Buffer.from(`${header}u,true,u,U,U\n`);
    for (let at = 2; at < bytes.length; at += 1) {
      const bad = Buffer.from(bytes);
      bad[at] = 0;
      expect(await csv([bad.subarray(0, at), bad.subarray(at)])).toMatch(/NUL bytes/);
    }
  });
  it('of millions of empty lines takes little memory and has no row', async () => {
    const { all } = pieces(header, Buffer.alloc(megabyte, '\n'), 8);
    const { told, megabytes } = await memoryOf(() => csv(all));
    expect(told).toBe('0 rows');
    expect(megabytes).toBeLessThan(150);
  });
  it('names a column __proto__ or constructor, and nothing comes of it', async () => {
    const odd = Buffer.from(
      '__proto__,constructor,sourcedId,enabledUser,username,givenName,familyName\nx,y,u,true,u,U,U\n',
    );
    expect(await csv([odd])).toBe('1 rows');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
  it('of random bytes is read or refused, and nothing else', async () => {
    const random = seeded(1_126);
    const alphabet = [...'"",,\n\n\r\t;ab1\u00e9\ufeff\u2028', '\u0000', '🌙'];
    for (let i = 0; i < 2_000; i += 1) {
      const noise = Array.from(
        { length: random() * 60 },
        () => alphabet[Math.floor(random() * alphabet.length)],
      );
      const bytes = Buffer.from(`${random() < 0.7 ? header : ''}${noise.join('')}`);
      if (random() < 0.2 && bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = random() * 256;
      const cut = Math.floor(random() * bytes.length);
      expect(await csv([bytes.subarray(0, cut), bytes.subarray(cut)])).toMatch(/^(\d+ rows$|users\.csv)/);
    }
  });
});
