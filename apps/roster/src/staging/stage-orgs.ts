import type { Feed, FeedFile } from '../feed/feed.js';
import type { FileOfRows } from '../generations/generation.js';
import { idOf } from '../generations/row.js';
import type { OrgRow, Organisation, Tree } from '../oneroster/organisations.js';
import { emptyReport, putAside } from './file-report.js';
import type { FileReport } from './file-report.js';
import type { Fingerprint } from './fingerprint.js';
import { readFile } from './read-file.js';
import type { Fate } from './read-file.js';
import { orgRow, settleOrgs, treeOfKept } from './settle-orgs.js';
import type { SaidOfOrgs } from './settle-orgs.js';
import type { Staging } from './staged-file.js';
import { writeRows } from './write-rows.js';

/** More organisations than this are refused: their tree is held in memory. No state of the USA has a fifth of it. */
const mostOrgs = 200_000;

export interface StagedOrgs {
  file?: FileOfRows;
  report?: FileReport;
  tree: Tree;
  /** The organisations of the generation before. */
  before: Organisation[];
  /** Ids of all rows of orgs.csv, departments too. */
  ids: ReadonlySet<string>;
}

/** Stages organisations: unlike all else as a whole, since a tree is only right as a whole. */
export async function stageOrgs(
  feed: Feed,
  base: FileOfRows | undefined,
  staging: Staging,
  fingerprint: Fingerprint,
): Promise<StagedOrgs> {
  const lines = new Map<string, string>();
  const before = new Map<string, OrgRow>();
  for await (const bucket of staging.chunks.all(staging.district, base)) {
    for (const row of bucket) {
      lines.set(idOf(row), row);
      before.set(idOf(row), orgRow(row, 0));
    }
  }
  const file = feed.files.find((one) => one.file === 'orgs');
  const report = file && emptyReport('orgs', file.mode);
  const { said, texts } = file
    ? await read(feed, file, report!, staging, fingerprint)
    : { said: nothingSaid(), texts: new Map<string, string>() };
  const isComplete = file?.mode === 'bulk' && !report!.refused && report!.unreadable === 0;
  const settled = settleOrgs(before, report?.refused ? nothingSaid() : said, isComplete);
  const after = new Map(
    [...settled.rows].map(([id, { line }]) => [id, line > 0 ? texts.get(id)! : lines.get(id)!]),
  );
  if (report && !report.refused) {
    for (const reason of settled.broken) {
      putAside(report, reason);
      staging.quarantine('orgs', reason);
    }
    tell(report, lines, after, said, settled);
  }
  return {
    ...(after.size > 0 && { file: await writeRows(staging, after, base) }),
    ...(report && { report }),
    tree: settled.tree,
    before: treeOfKept([...before.values()]).organisations,
    ids: new Set(after.keys()),
  };
}

async function read(
  feed: Feed,
  file: FeedFile,
  report: FileReport,
  staging: Staging,
  fingerprint: Fingerprint,
): Promise<{ said: SaidOfOrgs; texts: Map<string, string> }> {
  const said = nothingSaid();
  const texts = new Map<string, string>();
  const knows = (): undefined => undefined;
  const taker = {
    row: (fate: Fate, line: number, id: string, row: string): void => {
      if (fate === 'aside') said.aside.add(id);
      else if (said.taken.has(id) || said.gone.has(id)) {
        const message = 'an earlier row has the same sourcedId';
        const reason = {
          line,
          column: 'sourcedId',
          value: id.slice(0, 80),
          rule: 'unique',
          message,
        } as const;
        putAside(report, reason);
        staging.quarantine('orgs', reason);
      } else if (fate === 'deleted') said.gone.add(id);
      else if (said.taken.size >= mostOrgs)
        throw new Error(`orgs.csv has more than ${mostOrgs} organisations`);
      else {
        said.taken.set(id, orgRow(row, line));
        texts.set(id, row);
      }
    },
    reference: (): void => undefined,
    quarantine: staging.quarantine.bind(staging),
  };
  await readFile(feed, file, report, knows, fingerprint, taker, () =>
    staging.beat({ step: 'reading', file: 'orgs', done: report.read }),
  );
  return { said, texts };
}

/** Counts what the file changed. */
function tell(
  report: FileReport,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  said: SaidOfOrgs,
  { rows, missing, kept }: ReturnType<typeof settleOrgs>,
): void {
  report.missing = missing.length;
  report.kept = report.mode === 'bulk' ? kept.length : 0;
  for (const id of said.gone) report[before.has(id) ? 'deleted' : 'unchanged'] += 1;
  for (const id of said.taken.keys()) {
    if (!rows.get(id) || rows.get(id)!.line === 0) continue;
    const known = before.get(id);
    report[known === undefined ? 'added' : known === after.get(id) ? 'unchanged' : 'altered'] += 1;
  }
}

function nothingSaid(): SaidOfOrgs {
  return { taken: new Map(), gone: new Set(), aside: new Set() };
}
