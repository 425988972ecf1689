import type { GroupId } from '#contracts';
import { languageIn } from '../groups/group-columns.js';
import type { Code, CodedFile, GroupColumns } from '../groups/group-columns.js';

/** Students of an organisation by group and by home language, each with the day on which they were counted. */
export interface GroupCounts {
  groups: { group: GroupId; students: number; date: string }[];
  /** Undefined: home languages are not counted. */
  languages?: { language: string; students: number; date: string }[];
}

/**
 * What is counted on `day` of one organisation; what a feed that did not bring everybody says nothing of stays as it
 * was, with its day.
 * @param known the files whose columns are known of everybody.
 */
export function groupCounts(
  codes: ReadonlyMap<Code, number>,
  { groups, language }: GroupColumns,
  known: readonly CodedFile[],
  day: string,
  before: GroupCounts | undefined,
): GroupCounts {
  const counted = groups.flatMap(({ group, file }) => {
    if (known.includes(file)) return [{ group, students: codes.get(group) ?? 0, date: day }];
    return before?.groups.filter((one) => one.group === group) ?? [];
  });
  if (!language) return { groups: counted };
  if (!known.includes(language.file))
    return { groups: counted, ...(before?.languages && { languages: before.languages }) };
  const languages = [...codes]
    .flatMap(([code, students]) => {
      const tag = languageIn(code);
      return tag === undefined ? [] : [{ language: tag, students, date: day }];
    })
    .sort((a, b) => (a.language < b.language ? -1 : 1));
  return { groups: counted, languages };
}
