import { describe, expect, it } from '@jest/globals';

interface Row {
  limit?: number;
  ours: number;
  ratio?: number;
  met: boolean;
  bar: string;
}
interface Rows {
  ratioRow(figure: object): Row;
  plainRow(figure: object): Row;
}
interface Report {
  tableOf(document: { rows: object[] }): string;
}
// By their addresses at run time: the bench is plain JavaScript that is not built.
const load = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../../test/bench/${file}`, import.meta.url).href)) as T;
const { ratioRow, plainRow } = await load<Rows>('row.mjs');
const { tableOf } = await load<Report>('report.mjs');

const pairs = [
  { ours: 70, limit: 100 },
  { ours: 300, limit: 400 },
  { ours: 10, limit: 100 },
];
const rate = { what: 'accepts', unit: '/s', limitIs: 'bare insertOne', pairs };

describe('a row of the bench', () => {
  it('shows medians, the ratio among them that of single runs', () =>
    expect(ratioRow({ ...rate, atLeast: 0.7 })).toMatchObject({
      ours: 70,
      limit: 100,
      ratio: 0.7,
      met: true,
    }));

  it.each([
    ['below what it must reach', ratioRow({ ...rate, atLeast: 0.71 })],
    ['above what it may take of its limit', ratioRow({ ...rate, atMost: 0.69 })],
    ['above what it may take', plainRow({ what: 'p99', unit: 'ms', values: [90, 130, 121], atMost: 120 })],
  ])('is not met %s, and the table says so', (_what, row) => {
    expect(row.met).toBe(false);
    expect(tableOf({ rows: [{ figure: 'accept', ...row }] })).toContain('BELOW');
  });
});
