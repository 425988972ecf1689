import { describe, expect, it } from '@jest/globals';
import type { FileReading } from '../oneroster/read-package.js';
import type { Reading } from '../oneroster/read-package.js';
import { reportsOf, whyRefused } from './report.js';

const file = (name: FileReading['file'], rest: Partial<FileReading> = {}): FileReading => ({
  file: name,
  read: 4,
  accepted: 4,
  quarantined: 0,
  reasons: [],
  slipped: {},
  digest: 'same',
  ...rest,
});
const reading = (
  orgs: Partial<FileReading>,
  organisations = [{ orgId: 'd', name: 'D', level: 'district' as const }],
): Reading => ({
  files: [file('orgs', orgs)],
  tree: { organisations, belongs: new Map(), aside: new Set(), broken: [] },
  people: 0,
  enrolments: 0,
});

describe('a package as a whole', () => {
  it('with an orgs file of only a header is refused: nothing is deleted by accident', () =>
    expect(whyRefused(reading({ read: 0, accepted: 0 }))).toMatch(/only a header/));
  it('with no organisation that could be taken is refused', () =>
    expect(whyRefused(reading({}, []))).toMatch(/no organisation/));
  it('with a refused orgs file is refused, and says why', () =>
    expect(whyRefused(reading({ refused: 'orgs.csv lacks the required column type' }))).toMatch(
      /lacks the required column type/,
    ));
  it('is applied otherwise', () => expect(whyRefused(reading({}))).toBeUndefined());
});

describe('the report', () => {
  const files = [file('orgs'), file('users'), file('classes', { digest: 'new' })];
  it('says of each file what changed; accepted = changed + unchanged', () =>
    expect(
      reportsOf(
        { ...reading({}), files },
        { unchanged: 3 },
        { files: files.map((one) => ({ ...one, digest: 'same', changed: 0, unchanged: 0 })) },
      ),
    ).toMatchObject([
      { file: 'orgs', unchanged: 3, changed: 1 },
      { file: 'users', unchanged: 4, changed: 0 },
      { file: 'classes', unchanged: 0, changed: 4 },
    ]));
});
