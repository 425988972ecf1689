import { RuleBroken } from '#contracts';
import { fileNames } from './columns.js';
import type { FileName, OneRosterVersion } from './columns.js';

/** What a package says of itself. */
export interface Manifest {
  version: OneRosterVersion;
  /** The files to read, in the order in which they are read. */
  files: { file: FileName; mode: 'bulk' | 'delta' }[];
  /** Files that are there although the manifest calls them absent: left alone, and reported. */
  notListed: FileName[];
}

/**
 * Reads the manifest's property rows and holds them against the files that are there. Without a manifest every file
 * counts as bulk, and roles.csv tells version 1.2.
 * @throws RuleBroken for what is not OneRoster, another version, or a file that is promised and missing.
 */
export function readManifest(
  properties: Map<string, string> | undefined,
  present: readonly FileName[],
): Manifest {
  if (!properties) {
    if (!present.includes('orgs') && !present.includes('users'))
      throw notOneRoster('no manifest.csv, orgs.csv or users.csv in it');
    return {
      version: present.includes('roles') ? '1.2' : '1.1',
      files: present.map((file) => ({ file, mode: 'bulk' })),
      notListed: [],
    };
  }
  const version = versionOf(properties.get('oneroster.version'));
  const files: Manifest['files'] = [];
  for (const file of fileNames) {
    const mode = (properties.get(`file.${file.toLowerCase()}`) ?? 'absent').toLowerCase();
    if (mode === 'absent') continue;
    if (mode !== 'bulk' && mode !== 'delta') {
      throw new RuleBroken(
        `manifest.csv file.${file}`,
        'vocabulary',
        `manifest.csv: file.${file} must be absent, bulk or delta`,
      );
    }
    if (!present.includes(file))
      throw new RuleBroken(
        `${file}.csv`,
        'present',
        `manifest.csv says that ${file}.csv is there, and it is not`,
      );
    files.push({ file, mode });
  }
  if (files.length === 0) throw notOneRoster('manifest.csv calls every file absent');
  const listed = files.map(({ file }) => file);
  return { version, files, notListed: present.filter((file) => !listed.includes(file)) };
}

function versionOf(text: string | undefined): OneRosterVersion {
  if (text === '1.1' || text === '1.2') return text;
  if (text === undefined) throw notOneRoster('manifest.csv has no oneroster.version');
  throw new RuleBroken(
    'manifest.csv oneroster.version',
    'vocabulary',
    `OneRoster 1.1 and 1.2 are read; this says ${text.slice(0, 20)}`,
  );
}

function notOneRoster(why: string): RuleBroken {
  return new RuleBroken('file', 'oneroster', `This is not a OneRoster package: ${why}. Nothing was changed.`);
}
