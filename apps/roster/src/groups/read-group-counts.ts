import { groupIds, isLanguageTag } from '#contracts';
import type { GroupCount, GroupId, LanguageCount } from '#contracts';
import { invalid } from '#platform';
import type { Reason, Row } from '../oneroster/check-row.js';
import type { Column } from '../oneroster/columns.js';
import { BrokenRows } from '../oneroster/sent-csv.js';
import type { SentCsv } from '../oneroster/sent-csv.js';
import type { Org } from '../orgs/org.js';
import { languageIn } from './group-columns.js';

const columns: Record<string, Column> = {
  organisation: { required: true, max: 128 },
  group: { required: true, max: 64 },
  count: { required: true, max: 12 },
  date: { required: true, date: true },
};

/** What a file says of one organisation. */
export interface Told {
  groups: GroupCount[];
  languages: LanguageCount[];
}

/** @throws Problem 422 that names every row that breaks a rule; then nothing of the file is taken. */
export async function readGroupCounts(
  { name, lines }: SentCsv,
  known: ReadonlyMap<string, Org>,
  today: string,
): Promise<{ rows: number; byOrganisation: Map<string, Told> }> {
  const broken = new BrokenRows();
  const byOrganisation = new Map<string, Told>();
  const seen = new Set<string>();
  let rows = 0;
  for await (const some of lines(columns)) {
    for (const one of some) {
      rows += 1;
      const reason = 'broken' in one ? one.broken : wrongIn(one.row, one.line, known, today, seen);
      if (reason) broken.add(reason);
      else if ('row' in one) take(byOrganisation, one.row);
    }
  }
  if (rows === 0) throw invalid('file', 'required', `${name} has no row`);
  broken.refuse('Nothing of the file was taken.');
  return { rows, byOrganisation };
}

/** What is wrong with a row whose values are in order each for itself. */
function wrongIn(
  { organisation, group, count, date }: Row,
  line: number,
  known: ReadonlyMap<string, Org>,
  today: string,
  seen: Set<string>,
): Reason | undefined {
  const wrong = (column: string, value: string, rule: Reason['rule'], message: string): Reason => ({
    ...{ line, column, value: value.slice(0, 80), rule, message },
  });
  const org = known.get(organisation!);
  if (!org)
    return wrong('organisation', organisation!, 'reference', 'no organisation that is open has this id');
  if (!org.counts) {
    const message =
      'its people were never counted, so nobody could tell what share this is: import users first';
    return wrong('organisation', organisation!, 'reference', message);
  }
  const language = languageIn(group!);
  if (language === undefined ? !isGroup(group!) : !isLanguageTag(language))
    return wrong(
      'group',
      group!,
      'vocabulary',
      `group must be language: and a tag, or one of: ${groupIds.join(', ')}`,
    );
  if (!/^\d{1,9}$/.test(count!))
    return wrong('count', count!, 'number', 'count must be a whole number, 0 or more');
  if (date! > today) return wrong('date', date!, 'date', 'date must not be in the future');
  const name = `${organisation}\t${group!.toLowerCase()}`;
  if (seen.has(name))
    return wrong('group', group!, 'unique', 'an earlier row has this organisation and group');
  seen.add(name);
  return undefined;
}

function take(all: Map<string, Told>, { organisation, group, count, date }: Row): void {
  const told = all.get(organisation!) ?? { groups: [], languages: [] };
  const number = { students: Number(count), date: date!, from: 'upload' as const };
  const language = languageIn(group!);
  if (language === undefined) told.groups.push({ group: group as GroupId, ...number });
  else told.languages.push({ language: language.toLowerCase(), ...number });
  all.set(organisation!, told);
}

function isGroup(text: string): text is GroupId {
  return (groupIds as readonly string[]).includes(text);
}
