import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feed, FeedFile, Line } from '../feed/feed.js';
import { Spool } from '../feed/spool.js';
import type { Row } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';
import { fetchEdFi } from './fetch-edfi.js';
import type { EdFiOptions } from './fetch-edfi.js';
import { client, givenOds, sampleOds } from './ods.given.js';
import type { GivenOds } from './ods.given.js';
import type { EdFiSettings } from './settings.js';

/** An API on this machine, and folders to fetch it into. */
export class GivenFetch {
  ods!: GivenOds;
  folder!: string;

  async begin(): Promise<void> {
    process.env['HEARBACK_SECRET_EDFI_SPEC'] = client.secret;
    this.ods = await givenOds(sampleOds());
    this.folder = await mkdtemp(join(tmpdir(), 'edfi-'));
  }

  async end(): Promise<void> {
    await this.ods.close();
    await rm(this.folder, { recursive: true });
  }

  /** Fetches; called again, it goes on in the same folders. */
  async fetched(settings: Partial<EdFiSettings> = {}, options: Partial<EdFiOptions> = {}): Promise<Feed> {
    const all: EdFiSettings = {
      baseUrl: this.ods.url,
      tokenUrl: `${this.ods.url}/oauth/token`,
      clientId: client.id,
      secret: { env: 'HEARBACK_SECRET_EDFI_SPEC' },
      timeoutMs: 5_000,
      ...settings,
    };
    return fetchEdFi(all, await this.spool(), {
      day: '2026-11-26',
      folder: join(this.folder, 'pages'),
      signal: new AbortController().signal,
      told: () => undefined,
      pauseMs: 1,
      ...options,
    });
  }

  async spool(): Promise<Spool> {
    await mkdir(join(this.folder, 'spool'), { recursive: true });
    return Spool.open(join(this.folder, 'spool'));
  }

  /** The message of what keeps a fetch from being whole. */
  async refusal(settings?: Partial<EdFiSettings>, options?: Partial<EdFiOptions>): Promise<string> {
    return this.fetched(settings, options).then(
      () => 'nothing was refused',
      (error: unknown) => (error as Error).message,
    );
  }

  /** Answers in its own way the first `times` calls for a resource from an offset on. */
  misbehaves(resource: string, how: (response: ServerResponse) => void, times = Infinity, from = 0): void {
    let left = times;
    this.ods.misbehave = (call, response) => {
      if (call.resource !== resource || call.offset < from || left <= 0) return false;
      left -= 1;
      how(response);
      return true;
    };
  }

  behaves(): void {
    this.ods.misbehave = () => false;
  }

  offsetsOf(resource: string): number[] {
    return this.ods.calls.filter((call) => call.resource === resource).map(({ offset }) => offset);
  }
}

export async function rowsOf(feed: Feed, file: FileName): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const line of each(feed.files.find((one) => one.file === file)!)) {
    if ('broken' in line) throw new Error(line.broken.message);
    rows.push(line.row);
  }
  return rows;
}

async function* each(file: FeedFile): AsyncGenerator<Line> {
  for await (const some of file.lines()) yield* some;
}
