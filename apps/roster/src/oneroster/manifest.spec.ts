import { describe, expect, it } from '@jest/globals';
import type { FileName } from './columns.js';
import { readManifest } from './manifest.js';

const files: FileName[] = ['orgs', 'users', 'roles'];
const says = (extra: Record<string, string>, present = files) =>
  readManifest(
    new Map(Object.entries({ 'oneroster.version': '1.2', 'file.orgs': 'bulk', ...extra })),
    present,
  );

describe('the manifest', () => {
  it('decides what is read: a file that it calls absent is left alone', () =>
    expect(says({ 'file.users': 'bulk' })).toEqual({
      version: '1.2',
      files: [
        { file: 'orgs', mode: 'bulk' },
        { file: 'users', mode: 'bulk' },
      ],
      notListed: ['roles'],
    }));
  it('that promises a missing file is refused by its name', () =>
    expect(() => says({ 'file.classes': 'bulk' })).toThrow(/classes.csv is there, and it is not/));
  it('says of each file whether it is whole or only what changed', () =>
    expect(says({ 'file.users': 'delta' }).files[1]).toEqual({ file: 'users', mode: 'delta' }));
  it('with any other word is refused by the name of the file', () =>
    expect(() => says({ 'file.users': 'some' })).toThrow(/file.users must be absent, bulk or delta/));
  it('of another version is refused', () =>
    expect(() => says({ 'oneroster.version': '2.0' })).toThrow(/1.1 and 1.2/));
  it('that calls everything absent is refused', () =>
    expect(() => says({ 'file.orgs': 'absent' })).toThrow(/every file absent/));
  it('may be missing: then roles.csv tells 1.2', () => {
    expect(readManifest(undefined, files).version).toBe('1.2');
    expect(readManifest(undefined, ['orgs', 'users']).version).toBe('1.1');
  });
  it('missing in something else is named as not OneRoster', () =>
    expect(() => readManifest(undefined, [])).toThrow(/not a OneRoster package/));
});
