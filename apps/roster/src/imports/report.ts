import type { FileReading, Reading } from '../oneroster/read-package.js';
import type { FileReport, Import } from './import.js';

/**
 * What changed, per file. Of people no row is kept, so their files can only be compared whole: all rows are unchanged
 * when the file says what the last applied one said, else all count as changed.
 */
export function reportsOf(
  { files }: Reading,
  organisations: { unchanged: number },
  last: Pick<Import, 'files'> | undefined,
): FileReport[] {
  return files.map((file) => {
    const before = last?.files.find((one) => one.file === file.file);
    const unchanged =
      file.file === 'orgs'
        ? Math.min(organisations.unchanged, file.accepted)
        : isSame(file, before)
          ? file.accepted
          : 0;
    return { ...file, unchanged, changed: file.accepted - unchanged };
  });
}

function isSame(now: FileReading, before: FileReading | undefined): boolean {
  return !now.refused && before !== undefined && before.digest === now.digest;
}

/**
 * Why a package as a whole is not applied: an orgs file without an organisation would close every school there is.
 */
export function whyRefused({ files, tree }: Reading): string | undefined {
  const orgs = files.find(({ file }) => file === 'orgs')!;
  if (orgs.refused) return `${orgs.refused}. Nothing was applied.`;
  if (orgs.read === 0)
    return 'orgs.csv has only a header: nothing is taken for deleted because of that. Nothing was applied.';
  if (tree.organisations.length === 0)
    return 'orgs.csv has no organisation that could be accepted. Nothing was applied.';
  return undefined;
}
