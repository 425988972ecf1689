import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { fetchEdFi } from '../edfi/fetch-edfi.js';
import type { Feed } from '../feed/feed.js';
import { Spool } from '../feed/spool.js';
import type { Origin } from '../imports/import.js';
import { folderPrefix } from '../imports/stage-import.js';
import { openPackage } from '../oneroster/package.js';
import { FetchFailed } from '../oneroster-rest/fetch-failed.js';
import { fetchOneRoster } from '../oneroster-rest/fetch-oneroster.js';
import type { Source, SourceState } from './source.js';
import { pick } from './watched-folder.js';

/** What a source gave, complete on disk. */
export interface Fetched {
  from: Extract<Origin, { folder: string }>;
  oneRoster: '1.1' | '1.2';
  ignored: string[];
  /** Whether it is everything there is. */
  whole: boolean;
  /** Of a folder: the package by which it is remembered. */
  taken?: { name: string; digest: string };
}

export interface Fetching {
  district: string;
  /** Today in the district. */
  day: string;
  signal: AbortSignal;
  told: (progress: { file: string; rows: number; total?: number }) => void;
}

/** A fetch that broke off longer ago is begun anew: its pages are of another day. In milliseconds. */
const resumedFor = 6 * 3_600_000;
/** Deltas count from the last whole fetch of the day; clocks may differ by so much. In milliseconds. */
const overlap = 10 * 60_000;
const wholeAfter = 24 * 3_600_000;

/** @returns undefined when a folder has nothing new. @throws Error that says why nothing could be had. */
export async function fetchSource(
  source: Source,
  state: SourceState,
  fetching: Fetching,
): Promise<Fetched | undefined> {
  if (source.reach.kind === 'upload') throw new Error('what is uploaded cannot be fetched');
  if (source.reach.kind !== 'folder') return fetchPages(source, state, fetching);
  const found = await pick(source.reach.settings, state.taken);
  if (!found) return undefined;
  const { folder, ...taken } = found;
  try {
    const { version, ignored, close, files } = await openPackage(folder);
    close();
    const whole = files.every(({ mode }) => mode === 'bulk');
    return { from: { folder }, oneRoster: version, ignored, whole, taken };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new PackageRefused(`${taken.name}: ${(error as Error).message}`, taken);
  }
}

/** A package that will not get better: it is remembered, so that it is told once. */
export class PackageRefused extends Error {
  constructor(
    message: string,
    readonly taken: { name: string; digest: string },
  ) {
    super(message);
  }
}

/** What a fetch that may break off began with. */
interface Begun {
  at: string;
  settings: string;
  since?: string;
}

async function fetchPages(source: Source, state: SourceState, fetching: Fetching): Promise<Fetched> {
  const home = join(tmpdir(), `${folderPrefix}source-${fetching.district}-${source.sourceId}`);
  const [spoolFolder, pageFolder] = [join(home, 'spool'), join(home, 'pages')];
  const begun = await begin(home, source, state);
  await mkdir(spoolFolder, { recursive: true, mode: 0o700 });
  await mkdir(pageFolder, { recursive: true, mode: 0o700 });
  let feed: Feed;
  try {
    const spool = await Spool.open(spoolFolder);
    const { signal, told, day } = fetching;
    const { reach } = source;
    if (reach.kind === 'ed-fi')
      feed = await fetchEdFi(reach.settings, spool, { day, folder: pageFolder, signal, told });
    else if (reach.kind === 'oneroster-rest') {
      const { since } = begun;
      feed = await fetchOneRoster(reach.settings, spool, { signal, told, ...(since && { since }) });
    } else throw new Error(`${reach.kind} has no pages`);
  } catch (error) {
    if (error instanceof FetchFailed && error.startAgain) await rm(home, { recursive: true, force: true });
    throw error;
  }
  // Out of the way of the next fetch, in one step: a fetch that is complete is imported once.
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  await rename(spoolFolder, folder);
  await rm(home, { recursive: true, force: true });
  const whole = begun.since === undefined;
  return {
    from: { folder, spooled: { oneRoster: feed.version, mode: whole ? 'bulk' : 'delta' } },
    oneRoster: feed.version,
    ignored: feed.ignored,
    whole,
  };
}

/** Goes on with what an earlier run began, if that is not long ago and asked for the same. */
async function begin(home: string, source: Source, state: SourceState): Promise<Begun> {
  const path = join(home, 'begun.json');
  const settings = createHash('sha256').update(JSON.stringify(source.reach)).digest('base64url');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const before = text === undefined ? undefined : (JSON.parse(text) as Begun);
  if (before?.settings === settings && Date.now() - Date.parse(before.at) < resumedFor) return before;
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { mode: 0o700 });
  const since = sinceOf(source, state);
  const begun: Begun = { at: new Date().toISOString(), settings, ...(since && { since }) };
  await writeFile(path, JSON.stringify(begun), { flush: true });
  return begun;
}

/** From when a delta counts; undefined: everything is asked for. */
function sinceOf({ reach }: Source, { lastWholeAt, lastFetchedAt }: SourceState): string | undefined {
  if (reach.kind !== 'oneroster-rest' || !reach.deltas || !lastWholeAt || !lastFetchedAt) return undefined;
  if (Date.now() - Date.parse(lastWholeAt) > wholeAfter) return undefined;
  return new Date(Date.parse(lastFetchedAt) - overlap).toISOString();
}
