import { createReadStream, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { RuleBroken } from '#contracts';
import type { Feed } from '../feed/feed.js';
import { columnsOf, fileNames } from './columns.js';
import type { FileName } from './columns.js';
import { readManifest } from './manifest.js';
import { readCsv } from './read-csv.js';

/** What may be sent at once. Sizes in bytes; `unpacked` holds against what an archive really gives, too. */
export const limits = { bytes: 200 * 2 ** 20, files: 50, unpacked: 2 ** 30, entries: 200 } as const;

/** Where the bytes of a package lie. */
interface Source {
  names: string[];
  /** Unpacked, in bytes. */
  size(name: string): number;
  open(name: string): Promise<Readable>;
  close(): void;
}

/**
 * Opens what lies in a folder: one zip, or CSV files.
 * @throws RuleBroken when it is neither, no OneRoster, or an archive that is broken, hostile or too large.
 */
export async function openPackage(folder: string): Promise<Feed> {
  const names = await readdir(folder);
  const zips = names.filter((name) => /\.zip$/i.test(name));
  if (zips.length > 1 || (zips.length === 1 && names.length > 1)) {
    throw new RuleBroken('file', 'one', 'Send one zip, or several CSV files; not both');
  }
  const source = zips.length === 1 ? await zipSource(join(folder, zips[0]!)) : folderSource(folder, names);
  try {
    return await packageOf(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

async function packageOf(source: Source): Promise<Feed> {
  const byFile = new Map<FileName, string>();
  const ignored: string[] = [];
  let manifestName: string | undefined;
  for (const name of source.names) {
    const stem = basename(name)
      .replace(/\.csv$/i, '')
      .toLowerCase();
    const file = /\.csv$/i.test(name) ? fileNames.find((known) => known.toLowerCase() === stem) : undefined;
    if (stem === 'manifest') manifestName = name;
    else if (!file) ignored.push(basename(name).slice(0, 100));
    else if (byFile.has(file)) throw new RuleBroken(`${file}.csv`, 'unique', `${file}.csv is there twice`);
    else byFile.set(file, name);
  }
  const properties = manifestName ? await propertiesOf(() => source.open(manifestName)) : undefined;
  const manifest = readManifest(
    properties,
    fileNames.filter((file) => byFile.has(file)),
  );
  const { version } = manifest;
  return {
    version,
    ignored: [...ignored, ...manifest.notListed.map((file) => `${file}.csv (absent, says the manifest)`)],
    files: manifest.files.map(({ file, mode }) => {
      const name = byFile.get(file)!;
      return {
        file,
        mode,
        bytes: source.size(name),
        lines: (also = []) =>
          readCsv(`${file}.csv`, () => source.open(name), {
            ...Object.fromEntries(also.map((column) => [column, {}])),
            ...columnsOf(file, version),
          }),
      };
    }),
    close: () => source.close(),
  };
}

/** The manifest's rows; names in small letters, since exporters disagree about them. */
async function propertiesOf(bytes: () => Promise<Readable>): Promise<Map<string, string>> {
  const properties = new Map<string, string>();
  try {
    const columns = { propertyName: { required: true as const }, value: { required: true as const } };
    for await (const lines of readCsv('manifest.csv', bytes, columns)) {
      for (const line of lines)
        if ('row' in line && properties.size < 500)
          properties.set(line.row['propertyName']!.toLowerCase(), line.row['value']!);
    }
  } catch (error) {
    throw new RuleBroken('manifest.csv', 'readable', (error as Error).message);
  }
  return properties;
}

function folderSource(folder: string, names: string[]): Source {
  return {
    names,
    size: (name) => statSync(join(folder, name)).size,
    open: async (name) => createReadStream(join(folder, name)),
    close: () => undefined,
  };
}

/** Entries are streamed from the archive and never unpacked to disk, so a path in it can point nowhere. */
async function zipSource(path: string): Promise<Source> {
  const zip = await opened(path);
  const entries = new Map<string, Entry>();
  try {
    await listEntries(zip, entries);
  } catch (error) {
    zip.close();
    throw error instanceof RuleBroken ? error : broken(error);
  }
  return {
    names: [...entries.keys()],
    size: (name) => entries.get(name)!.uncompressedSize,
    close: () => zip.close(),
    open: async (name) =>
      Readable.from(unpacked(zip, entries.get(name)!), { objectMode: false, highWaterMark: 64 * 1024 }),
  };
}

/** @throws RuleBroken for an entry that does not give what its headers say. */
async function* unpacked(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    const bytes = await zip.openReadStreamPromise(entry);
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw broken(error);
  }
  if (sum !== entry.crc32) throw broken(new Error(`${basename(entry.fileName)} is damaged`));
}

async function opened(path: string): Promise<ZipFile> {
  const { size } = await stat(path);
  if (size === 0) throw new RuleBroken('file', 'zip', 'The zip is empty');
  const options = {
    lazyEntries: true,
    autoClose: false,
    strictFileNames: true,
    validateEntrySizes: true,
    decodeStrings: true,
  };
  return openPromise(path, options).catch((error: unknown) => Promise.reject(broken(error)));
}

/** yauzl refuses names that climb (`..`) or are absolute; sizes are checked here and again while they are read. */
async function listEntries(zip: ZipFile, entries: Map<string, Entry>): Promise<void> {
  if (zip.entryCount > limits.entries)
    throw new RuleBroken('file', 'files', `The zip has ${zip.entryCount} entries; at most ${limits.entries}`);
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (name.endsWith('/') || name.startsWith('__MACOSX/') || basename(name).startsWith('.')) continue;
    if (entry.isEncrypted())
      throw new RuleBroken('file', 'zip', 'The zip is encrypted; send it without a password');
    unpacked += entry.uncompressedSize;
    entries.set(name, entry);
  }
  if (entries.size > limits.files)
    throw new RuleBroken('file', 'files', `The zip has ${entries.size} files; at most ${limits.files}`);
  if (unpacked > limits.unpacked)
    throw new RuleBroken('file', 'size', `Unpacked, the zip has more than ${limits.unpacked / 2 ** 20} MB`);
}

function broken(error: unknown): RuleBroken {
  return new RuleBroken(
    'file',
    'zip',
    `The zip cannot be read: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300),
  );
}
