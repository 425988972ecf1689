import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { columnsOf, fileNames, keptColumns } from './columns.js';

describe('what is kept of a roster', () => {
  it('stands in docs/privacy.md, each column with its reason, and nothing else does', async () => {
    const text = await readFile('docs/privacy.md', 'utf8');
    const listed = [...text.matchAll(/^\| (\w+) +\| (\w+) +\| (.*?) +\|$/gm)]
      .map(([, file, column, why]) => `${file}.${column}: ${why}`)
      .filter((line) => fileNames.some((file) => line.startsWith(`${file}.`)));
    const kept = fileNames
      .filter((file) => file !== 'demographics')
      .flatMap((file) => {
        const columns = { ...columnsOf(file, '1.2'), ...columnsOf(file, '1.1') };
        return keptColumns(file).map((column) => `${file}.${column}: ${columns[column]!.keep}`);
      });
    expect(listed.toSorted()).toEqual(kept.toSorted());
  });
  it('is never a name, an address, a birth date, a password or a demographic', () => {
    const all = fileNames.flatMap((file) => keptColumns(file));
    for (const column of [
      'givenName',
      'familyName',
      'email',
      'phone',
      'username',
      'password',
      'birthDate',
      'sex',
    ])
      expect(all).not.toContain(column);
    expect(keptColumns('demographics')).toEqual(['sourcedId']);
  });
});
