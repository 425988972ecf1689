import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { PageQuery } from './page.js';
import type { Problem } from './problem.js';
import { requestValidation } from './validation.js';

const read = (query: Record<string, unknown>): Promise<PageQuery> =>
  requestValidation().transform(query, { type: 'query', metatype: PageQuery }) as Promise<PageQuery>;
const rules = (query: Record<string, unknown>) =>
  read(query).then(
    () => [],
    (problem: Problem) => problem.body()['errors'],
  );

describe('the limit of a list', () => {
  it('is 50, or a number in decimal digits', async () => {
    expect((await read({})).limit).toBe(50);
    expect((await read({ limit: '1' })).limit).toBe(1);
    expect((await read({ limit: '200' })).limit).toBe(200);
  });
  it.each(['0x10', '1e2', 'abc', '', ' 5', '-1', '1.5', '٥'])('%j is no number', async (limit) =>
    expect(await rules({ limit })).toMatchObject([{ field: 'limit', rule: 'isInt' }]),
  );
  it('is given once', async () =>
    expect(await rules({ limit: ['1', '2'] })).toMatchObject([{ field: 'limit', rule: 'isInt' }]));
  it('is 1 at least and 200 at most', async () => {
    expect(await rules({ limit: '0' })).toMatchObject([{ field: 'limit', rule: 'min' }]);
    expect(await rules({ limit: '201' })).toMatchObject([{ field: 'limit', rule: 'max' }]);
  });
});
