import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BrokenSetting } from '../http/check-settings.js';
import { folderPrefix } from '../imports/stage-import.js';
import { limits } from '../oneroster/package.js';
import type { FolderSettings } from './source.js';

/** A file that nobody has written to for so long is taken for complete. */
function quietMs(): number {
  const seconds = Number(process.env['HEARBACK_ROSTER_QUIET_SECONDS'] ?? 30);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : 30_000;
}

/** The name under which loose CSV files are remembered; no file can be called so. */
const loose = '*.csv';

/** A package that was copied out of a watched folder. */
export interface Picked {
  /** Where the copy lies, in a folder of its own. */
  folder: string;
  /** What it is remembered by. */
  name: string;
  digest: string;
}

/** @param root below which folders may be watched; HEARBACK_ROSTER_FOLDERS. */
export function checkFolder(
  settings: unknown,
  root = process.env['HEARBACK_ROSTER_FOLDERS'],
): BrokenSetting[] {
  const { path } = (settings ?? {}) as { path?: unknown };
  if (!root) {
    return [
      {
        field: 'path',
        rule: 'root',
        message: 'no folder may be watched: set HEARBACK_ROSTER_FOLDERS to the folder that holds them',
      },
    ];
  }
  const below = `${resolve(root)}${sep}`;
  return typeof path === 'string' && resolve(path) === path && path.startsWith(below)
    ? []
    : [{ field: 'path', rule: 'folder', message: `path must be a folder below ${below}` }];
}

/**
 * Copies the oldest package that is new: a zip, or all CSV files that lie in the folder together. A file that is still
 * being written waits, and so do the CSV files beside it. What lies there is never changed or removed.
 * @param taken digests by name of what was taken already.
 * @returns undefined when there is nothing new. @throws Error when the folder cannot be read.
 */
export async function pick(
  { path }: FolderSettings,
  taken: Readonly<Record<string, string>>,
  now = Date.now(),
): Promise<Picked | undefined> {
  const [broken] = checkFolder({ path });
  if (broken) throw new Error(broken.message);
  const files = await Promise.all(
    (await readdir(path))
      .filter((name) => /^[\w][\w .()-]{0,118}\.(csv|zip)$/i.test(name))
      .map(async (name) => ({ name, ...(await facts(join(path, name))) })),
  );
  const zips = files.filter(({ name, isFile }) => isFile && /\.zip$/i.test(name));
  const csvs = files.filter(({ name, isFile }) => isFile && /\.csv$/i.test(name));
  const packages = [
    ...zips.map((one) => ({ name: one.name, parts: [one] })),
    ...(csvs.length > 0 ? [{ name: loose, parts: csvs }] : []),
  ].sort((a, b) => newest(a.parts) - newest(b.parts));
  for (const { name, parts } of packages) {
    if (now - newest(parts) < quietMs()) continue;
    if (parts.reduce((sum, { size }) => sum + size, 0) > limits.unpacked)
      throw new Error(`${name} is larger than ${limits.unpacked / 2 ** 20} MB`);
    const digest = await digestOf(
      path,
      parts.map((part) => part.name),
    );
    if (taken[name] === digest) continue;
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    try {
      for (const part of parts) await copyFile(join(path, part.name), join(folder, part.name));
      // Whoever wrote in between has changed the digest: then it is looked at the next time.
      const copied = await digestOf(
        folder,
        parts.map((part) => part.name),
      );
      if (copied === digest) return { folder, name, digest };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

async function facts(path: string): Promise<{ size: number; changed: number; isFile: boolean }> {
  // A link is no file: it could lead anywhere.
  const found = await lstat(path);
  return { size: found.size, changed: Math.max(found.mtimeMs, found.ctimeMs), isFile: found.isFile() };
}

function newest(parts: readonly { changed: number }[]): number {
  return Math.max(...parts.map(({ changed }) => changed));
}

async function digestOf(folder: string, names: readonly string[]): Promise<string> {
  const all = createHash('sha256');
  for (const name of [...names].sort()) {
    const one = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), one);
    all.update(JSON.stringify([name, one.digest('base64url')]));
  }
  return all.digest('base64url');
}
