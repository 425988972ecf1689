import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bug } from './bug.js';

/** The project: this file lies in its dist/test/faults/seeded. */
const project = join(import.meta.dirname, '../../../..');
/** What the processes of the contract suite run. */
const parts = ['package.json', 'dist/libs', 'dist/test/faults/seeded'];

/**
 * The text of a built file with the bug in it.
 * @throws Error when the bug's place is not found exactly once: the source has moved on, and the bug must be written anew.
 */
export function patched(text: string, { name, file, find, put }: Bug): string {
  const places = text.split(find).length - 1;
  if (places === 1) return text.replace(find, () => put);
  throw new Error(
    `seeded bug '${name}': its text is ${places} times in ${file}, and must be there once. ` +
      'The source has changed; write the bug anew for it in test/faults/seeded.',
  );
}

/** Where a bug's file lies in a build. */
export function builtFile({ file }: Pick<Bug, 'file'>, folder = project): string {
  return join(folder, 'dist', `${file}.js`);
}

/** A copy of the build with one bug in it, or none; `remove` it afterwards. */
export function seededBuild(bug?: Bug): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'hearback-seeded-'));
  for (const part of parts) cpSync(join(project, part), join(folder, part), { recursive: true });
  symlinkSync(realpathSync(join(project, 'node_modules')), join(folder, 'node_modules'));
  if (bug) {
    const path = builtFile(bug, folder);
    writeFileSync(path, patched(readFileSync(path, 'utf8'), bug));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
