import { expect, it } from '@jest/globals';
import { Crosswalk, walkLine } from './crosswalk.js';

const of = (...lines: string[]) => new Crosswalk(Buffer.from(lines.map((line) => `${line}\n`).join('')));

it('finds what an id means, each file for itself', () => {
  const walk = of(
    walkLine('users', 'n1', 'o1'),
    walkLine('orgs', 'n1', 'school'),
    walkLine('users', 'ñ', 'ø'),
  );
  expect(walk.find('users', 'n1')).toBe('o1');
  expect(walk.find('orgs', 'n1')).toBe('school');
  expect(walk.find('users', 'ñ')).toBe('ø');
});
it('knows nothing of an id that is only the beginning or the end of one', () => {
  const walk = of(walkLine('users', 'n12', 'o1'));
  for (const id of ['n1', '12', 'n123', 'n12\to1', '', 'o1', 'x'.repeat(3_000)])
    expect(walk.find('users', id)).toBeUndefined();
});
it('without lines knows nothing', () => expect(of().find('users', 'n')).toBeUndefined());
it('finds every one of a hundred thousand', () => {
  const ids = Array.from({ length: 100_000 }, (_, i) => i);
  const walk = of(...ids.map((i) => walkLine(i % 2 ? 'users' : 'classes', `new-${i}`, `old-${i}`)));
  expect(ids.filter((i) => walk.find(i % 2 ? 'users' : 'classes', `new-${i}`) !== `old-${i}`)).toEqual([]);
  expect(ids.filter((i) => walk.find(i % 2 ? 'classes' : 'users', `new-${i}`) !== undefined)).toEqual([]);
});
