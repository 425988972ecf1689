import { isLanguageTag } from '#contracts';
import type { GroupId } from '#contracts';
import type { Row } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';

/** The files with a row a person, whose columns may say what groups that person belongs to. */
export const codedFiles = ['users', 'demographics'] as const;
export type CodedFile = (typeof codedFiles)[number];

export function isCoded(file: FileName): file is CodedFile {
  return (codedFiles as readonly FileName[]).includes(file);
}

/** Whose value in a column is one of these, whatever its case, belongs to the group. */
export interface GroupColumn {
  group: GroupId;
  file: CodedFile;
  column: string;
  values: string[];
}

/** A column with the language spoken at home. */
export interface LanguageColumn {
  file: CodedFile;
  column: string;
  /** Language tags by the values that mean them; a value that is a tag need not be named. */
  languages: Record<string, string>;
}

/** How people's rows are counted by group. A group has one column. */
export interface GroupColumns {
  groups: GroupColumn[];
  language?: LanguageColumn;
  /**
   * Group reporting: codes are kept with the person, so that a delta moves the counts too. Without it they are counted
   * as they pass, and only a whole file of everybody gives new numbers.
   */
  keptForPeople: boolean;
}

const ofDemographics: [GroupId, string][] = [
  ['african-american', 'blackOrAfricanAmerican'],
  ['american-indian', 'americanIndianOrAlaskaNative'],
  ['asian', 'asian'],
  ['hispanic', 'hispanicOrLatinoEthnicity'],
  ['pacific-islander', 'nativeHawaiianOrOtherPacificIslander'],
  ['two-or-more-races', 'demographicRaceTwoOrMoreRaces'],
  ['white', 'white'],
];

/** What OneRoster's demographics say by themselves. */
export const demographicColumns: GroupColumn[] = ofDemographics.map(([group, column]) => ({
  group,
  file: 'demographics',
  column,
  values: ['true'],
}));

/** A group's id, or `language:` and a tag. */
export type Code = string;

const languagePrefix = 'language:';

export function languageIn(code: Code): string | undefined {
  return code.startsWith(languagePrefix) ? code.slice(languagePrefix.length) : undefined;
}

/** The file that says this of a person; undefined when none does any more. */
export function fileOf(code: Code, { groups, language }: GroupColumns): CodedFile | undefined {
  if (languageIn(code) !== undefined) return language?.file;
  return groups.find(({ group }) => group === code)?.file;
}

/** The columns of a file that are read for it. */
export function columnsRead({ groups, language }: GroupColumns, file: CodedFile): string[] {
  const all = [...groups, ...(language ? [language] : [])].filter((one) => one.file === file);
  return [...new Set(all.map(({ column }) => column))];
}

/**
 * Reads the codes of a row. @param unknown is given a value of the language column that means no language.
 * @returns undefined for a file of which no column is read.
 */
export function codesOf(
  { groups, language }: GroupColumns,
  file: CodedFile,
  unknown: (value: string) => void,
): ((row: Row) => Code[]) | undefined {
  const own = groups
    .filter((one) => one.file === file)
    .map(({ group, column, values }) => ({ group, column, belongs: remembered(values) }));
  const spoken = language?.file === file ? language : undefined;
  if (own.length === 0 && !spoken) return undefined;
  const tags = new Map(
    Object.entries(spoken?.languages ?? {}).map(([value, tag]) => [plain(value), tag.toLowerCase()]),
  );
  return (row) => {
    const codes: Code[] = [];
    for (const { group, column, belongs } of own) {
      const value = row[column];
      if (value && belongs(value)) codes.push(group);
    }
    const said = spoken && row[spoken.column];
    if (said) {
      const tag = tags.get(plain(said)) ?? (isLanguageTag(said) ? said.toLowerCase() : undefined);
      if (tag === undefined) unknown(said);
      else codes.push(`${languagePrefix}${tag}`);
    }
    return codes;
  };
}

/** A column holds few values, each in a great many rows. */
function remembered(values: readonly string[]): (value: string) => boolean {
  const meant = new Set(values.map(plain));
  const known = new Map<string, boolean>();
  return (value) => {
    let belongs = known.get(value);
    if (belongs === undefined) {
      if (known.size > 1_000) known.clear();
      known.set(value, (belongs = meant.has(plain(value))));
    }
    return belongs;
  };
}

function plain(value: string): string {
  return value.trim().toLowerCase();
}
