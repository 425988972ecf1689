import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { trustedDistrict } from '#platform';
import { CrosswalkStore } from '../crosswalk/crosswalk.store.js';
import { Chunks } from '../generations/chunks.js';
import { CurrentGenerations } from '../generations/current.js';
import type { Generation } from '../generations/generation.js';
import { GenerationStore } from '../generations/generation.store.js';
import { listOf, organisationsOf } from '../generations/organisations-of.js';
import { contentOf, idOf } from '../generations/row.js';
import { defaultGroupSettings } from '../groups/group-settings.js';
import type { GroupSettings } from '../groups/group-settings.js';
import { ImportDetails } from '../imports/details.store.js';
import type { Found, Import } from '../imports/import.js';
import { StageImport } from '../imports/stage-import.js';
import { SourceStore } from '../sources/source.store.js';
import type { OneRosterVersion } from '../oneroster/columns.js';
import type { Organisation } from '../oneroster/organisations.js';
import type { Counted } from '../staging/headcounts.js';
import { personOf } from '../staging/people.js';
import type { Person } from '../staging/people.js';
import { basePackage, csvOf, manifestOf } from './base-package.given.js';
import type { Content, Table } from './base-package.given.js';
import type { Changes } from './case.given.js';

export type Sent = Record<string, string | Buffer>;

const moon = trustedDistrict('moon');

/** What an import made of a roster. */
export interface Outcome {
  found: Found;
  people: Map<string, Person>;
  counts: Map<string, Counted>;
  organisations: Map<string, Organisation>;
}

/** The real staging over a real database, without the service around it. */
export class Roster {
  private readonly chunks: Chunks;
  private readonly generations: GenerationStore;
  private readonly current: CurrentGenerations;
  private readonly staging: StageImport;
  private readonly sources: SourceStore;
  private count = 0;

  constructor(private readonly db: Db) {
    this.chunks = new Chunks(db);
    this.generations = new GenerationStore(db);
    this.current = new CurrentGenerations(db);
    this.sources = new SourceStore(db);
    this.staging = new StageImport(
      this.chunks,
      this.generations,
      this.current,
      new ImportDetails(db),
      this.sources,
      new CrosswalkStore(db),
    );
  }

  /** Says by which columns a source is counted by group. */
  async countBy(source: string, groups: Partial<GroupSettings>): Promise<void> {
    const before = await this.sources.find(moon, source);
    await this.sources.put(
      moon,
      {
        sourceId: source,
        name: source,
        reach: { kind: 'upload' },
        applyBy: 'limits',
        lossPercent: 10,
        groups: { ...defaultGroupSettings, ...groups },
        schedule: { at: '02:30' },
        paused: false,
        alerts: { emails: [] },
      },
      before?.version ?? 0,
    );
  }

  /** Stages files over what is current of a source. @throws what staging throws. */
  async stage(source: string, files: Sent): Promise<Outcome> {
    const folder = await mkdtemp(join(tmpdir(), 'roster-conformance-'));
    try {
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      const found = await this.staging.run(moon, this.importOf(source, folder), async () => undefined);
      return { found, ...(await this.outcome(found.generationId)) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** No source has a roster any more: of two with the same schools the second would be held. */
  async beginAnew(): Promise<void> {
    await this.db.collection('current').deleteMany({});
  }

  /** Makes what was staged current, whether it was held or not. */
  async apply(source: string, { found: { generationId, base } }: Outcome): Promise<void> {
    const generation = (await this.generations.get(moon, generationId))!;
    const to = { generationId, list: listOf(generation) };
    if (!(await this.current.move(moon, source, base, to))) throw new Error('another import was faster');
  }

  private importOf(source: string, folder: string): Import {
    this.count += 1;
    const at = new Date().toISOString();
    return {
      importId: `${source}-${this.count}`,
      source,
      stage: 'received',
      oneRoster: '',
      digest: '',
      from: { folder },
      applyBy: 'limits',
      receivedAt: at,
      by: 'a test',
      beatAt: at,
      ignored: [],
    };
  }

  private async outcome(generationId: string): Promise<Omit<Outcome, 'found'>> {
    const generation: Generation = (await this.generations.get(moon, generationId))!;
    const people = new Map<string, Person>();
    for await (const rows of this.chunks.all(moon, generation.files.people))
      for (const row of rows) people.set(idOf(row), personOf(row));
    const counts = new Map<string, Counted>();
    for await (const rows of this.chunks.all(moon, generation.files.counts))
      for (const row of rows) counts.set(idOf(row), contentOf<Counted>(row));
    const all = await organisationsOf(this.chunks, moon, generation);
    return { people, counts, organisations: new Map(all.map((one) => [one.orgId, one])) };
  }
}

/** The good package with changes, as it is sent. */
export function sent(version: OneRosterVersion, changes: Changes, mode: 'bulk' | 'delta' = 'bulk'): Sent {
  const files: Sent = {};
  for (const [file, good] of basePackage(version)) {
    const isNamed = file in changes;
    const change = changes[file];
    if (isNamed ? !change : mode === 'delta') continue;
    const start = mode === 'delta' ? { header: good.header, rows: [] } : good;
    files[`${file}.csv`] = bytesOf(change ? change(start, good) : start);
  }
  // Without a row for it in the good package: roles.csv in 1.1.
  const there = new Set(Object.keys(files).map((name) => name.replace('.csv', '')));
  const manifest: Table = manifestOf(version, there, mode);
  if (!('manifest' in changes)) files['manifest.csv'] = csvOf(manifest);
  else if (changes.manifest) files['manifest.csv'] = bytesOf(changes.manifest(manifest, manifest));
  return files;
}

function bytesOf(content: Content): string | Buffer {
  return typeof content === 'string' || Buffer.isBuffer(content) ? content : csvOf(content);
}
