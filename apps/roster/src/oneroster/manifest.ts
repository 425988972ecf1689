import { RuleBroken } from '#contracts';
import { fileNames } from './columns.js';
import type { FileName, OneRosterVersion } from './columns.js';

/** What a package says of itself. */
export interface Manifest {
  version: OneRosterVersion;
  /** The files to read. */
  bulk: FileName[];
  /** Files that are there although the manifest calls them absent: left alone, and reported. */
  notListed: FileName[];
}

/**
 * Reads the manifest's property rows and holds them against the files that are there. Without a manifest every file
 * counts as bulk, and roles.csv tells version 1.2.
 * @throws RuleBroken for what is not OneRoster, a delta, another version, or a file that is promised and missing.
 */
export function readManifest(
  properties: Map<string, string> | undefined,
  present: readonly FileName[],
): Manifest {
  if (!properties) {
    if (!present.includes('orgs') && !present.includes('users'))
      throw notOneRoster('no manifest.csv, orgs.csv or users.csv in it');
    return completed({
      version: present.includes('roles') ? '1.2' : '1.1',
      bulk: [...present],
      notListed: [],
    });
  }
  const version = versionOf(properties.get('oneroster.version'));
  const says = (file: FileName): string =>
    (properties.get(`file.${file.toLowerCase()}`) ?? 'absent').toLowerCase();
  const unknown = fileNames.find((file) => !['absent', 'bulk', 'delta'].includes(says(file)));
  if (unknown)
    throw new RuleBroken(
      `manifest.csv file.${unknown}`,
      'vocabulary',
      `manifest.csv: file.${unknown} must be absent, bulk or delta`,
    );
  const delta = fileNames.find((file) => says(file) === 'delta');
  if (delta) {
    throw new RuleBroken(
      `manifest.csv file.${delta}`,
      'bulk',
      'This is a delta, which is not taken yet: export the same data as bulk. Nothing was changed.',
    );
  }
  const bulk = fileNames.filter((file) => says(file) === 'bulk');
  const missing = bulk.find((file) => !present.includes(file));
  if (missing)
    throw new RuleBroken(
      `${missing}.csv`,
      'present',
      `manifest.csv says that ${missing}.csv is there, and it is not`,
    );
  return completed({ version, bulk, notListed: present.filter((file) => !bulk.includes(file)) });
}

function completed(manifest: Manifest): Manifest {
  if (manifest.bulk.includes('orgs')) return manifest;
  throw new RuleBroken(
    'orgs.csv',
    'present',
    'A bulk import needs orgs.csv: without it no organisation can be told from a missing one',
  );
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
