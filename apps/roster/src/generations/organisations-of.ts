import type { District } from '#platform';
import type { Organisation } from '../oneroster/organisations.js';
import { orgRow, treeOfKept } from '../staging/settle-orgs.js';
import type { Generation } from './generation.js';
import type { RowChunks } from './row-chunks.js';
import { namesWith } from './row-chunks.js';
import { keyOf } from './sealing.js';

/** The organisations of a generation, parents before their children; none of none. */
export async function organisationsOf(
  chunks: RowChunks,
  district: District,
  generation: Generation | undefined,
): Promise<Organisation[]> {
  const rows = [];
  for await (const bucket of chunks.all(district, generation?.files.orgs))
    for (const line of bucket) rows.push(orgRow(line, 0));
  return treeOfKept(rows).organisations;
}

/** The name of a generation's list of organisations: the same as long as they are. */
export function listOf({ files }: Generation): string {
  return namesWith(keyOf('names'))((files.orgs?.digests ?? []).join());
}
