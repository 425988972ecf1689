import { describe, expect, it } from '@jest/globals';
import { documentsFor, pageOfParts, partAfter, partId, partNamed } from './parts.js';

const parts = ['b~2', 'a~1', 'b~1', 'b~3', 'c~1'].map((one) => {
  const [of, name] = one.split('~') as [string, string];
  return { of, name };
});

describe('a list of parts', () => {
  it('ends a page within a document, and goes on behind the last part', () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = pageOfParts(parts, partAfter(cursor), 2);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ of, name }) => of + name));
      cursor = page.next;
    } while (cursor);
    expect(seen).toEqual(['a1', 'b1', 'b2', 'b3', 'c1']);
  });
  it('misses none, however many documents are read for a page at the least', () => {
    const more = [...parts, { of: 'd', name: '1' }, { of: 'e', name: '1' }];
    const documents = ['a', 'b', 'c', 'd', 'e'].map((of) => more.filter((part) => part.of === of));
    for (const limit of [1, 2, 3, 4]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const after = partAfter(cursor);
        const read = documents.filter(([first]) => first!.of >= after.of).slice(0, documentsFor(limit));
        const page = pageOfParts(read.flat(), after, limit);
        seen.push(...page.items.map(({ of, name }) => of + name));
        cursor = page.next;
      } while (cursor);
      expect(seen).toEqual(['a1', 'b1', 'b2', 'b3', 'c1', 'd1', 'e1']);
    }
  });
  it('goes on behind a part that is gone meanwhile', () => {
    const { next } = pageOfParts(parts, partAfter(undefined), 3);
    const left = parts.filter(({ of, name }) => of !== 'b' || name !== '2');
    expect(pageOfParts(left, partAfter(next), 5).items).toMatchObject([{ name: '3' }, { of: 'c' }]);
  });
  it('takes no cursor that it did not give', () =>
    expect(() => partAfter('bogus')).toThrow(/cursor must be the next/));
  it('names each in an address', () => {
    const part = { of: 'input-1', name: 'wrote input-1 2~' };
    expect(partNamed(partId(part))).toEqual(part);
    expect(partNamed('bogus')).toBeUndefined();
  });
});
