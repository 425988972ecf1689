import type { Feed, FeedFile, Line } from '../feed/feed.js';
import { namedIn } from '../oneroster/check-row.js';
import type { Row } from '../oneroster/check-row.js';
import { columnsOf } from '../oneroster/columns.js';
import type { Column, FileName, OneRosterVersion } from '../oneroster/columns.js';
import type { Crosswalk } from './crosswalk.js';

/** How many ids were translated, by file. */
export type Translated = Partial<Record<FileName, number>>;

/** What a column names. */
type Named = Pick<Column, 'list'> & { to: FileName };

/** Columns that name ids without a rule of their own in the table. */
const alsoNamed: Partial<Record<FileName, Record<string, Named>>> = {
  orgs: { parentSourcedId: { to: 'orgs' } },
  users: { agentSourcedIds: { to: 'users', list: true } },
};

/**
 * A feed in the ids that this roster knows: every id of it, and every cell that names one, is translated before anything
 * else looks at it. So an organisation keeps its loops and a person their history when the system behind changes.
 */
export function translateFeed(feed: Feed, crosswalk: Crosswalk, translated: Translated): Feed {
  return {
    ...feed,
    files: feed.files.map((file) => translateFile(file, feed.version, crosswalk, translated)),
  };
}

function translateFile(
  one: FeedFile,
  version: OneRosterVersion,
  crosswalk: Crosswalk,
  translated: Translated,
): FeedFile {
  const { file } = one;
  const columns = columnsOf(file, version);
  const named: (Named & { column: string })[] = Object.entries(columns).flatMap(
    ([column, { refersTo, list }]) => (refersTo ? [{ column, to: refersTo, ...(list && { list }) }] : []),
  );
  if (file !== 'demographics') named.push({ column: 'sourcedId', to: file });
  for (const [column, where] of Object.entries(alsoNamed[file] ?? {})) named.push({ column, ...where });
  const meant = (to: FileName, id: string): string => {
    const old = crosswalk.find(to, id);
    if (old === undefined) return id;
    translated[file] = (translated[file] ?? 0) + 1;
    return old;
  };
  const translate = (row: Row): void => {
    for (const cell of named) {
      const value = row[cell.column];
      if (!value) continue;
      row[cell.column] = namedIn(value, cell)
        .map((id) => meant(cell.to, id))
        .join(',');
    }
  };
  return {
    ...one,
    async *lines(also): AsyncIterable<Line[]> {
      // A file that is read again counts once.
      delete translated[file];
      for await (const some of one.lines(also)) {
        for (const line of some) if ('row' in line) translate(line.row);
        yield some;
      }
    },
  };
}
