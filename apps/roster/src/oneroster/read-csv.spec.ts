import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Line } from '../feed/feed.js';
import { columnsOf } from './columns.js';
import { FileRefused, readCsv } from './read-csv.js';

const header = 'sourcedId,status,name,type,parentSourcedId,metadata.x';

const { name, type, sourcedId, status, parentSourcedId } = columnsOf('orgs', '1.2');
const columns = {
  sourcedId: sourcedId!,
  status: status!,
  name: name!,
  type: type!,
  parentSourcedId: parentSourcedId!,
};

async function read(content: string | Buffer): Promise<Line[]> {
  const lines: Line[] = [];
  const open = async () => Readable.from([Buffer.from(content)]);
  for await (const some of readCsv('orgs.csv', open, columns)) lines.push(...some);
  return lines;
}
const refusal = (content: string | Buffer): Promise<string> =>
  read(content).then(
    () => 'it was read',
    (error: unknown) => (error instanceof FileRefused ? error.message : String(error)),
  );

describe('a CSV file', () => {
  it('may begin with a byte order mark, end its lines with CRLF, and break a quoted value', async () => {
    const lines = await read(`\uFEFF${header}\r\n001,,"Two\r\nlines",school,,\r\n002,,Next,school,,\r\n`);
    expect(lines).toEqual([
      {
        line: 2,
        row: { sourcedId: '001', status: '', name: 'Two\r\nlines', type: 'school', parentSourcedId: '' },
      },
      { line: 4, row: { sourcedId: '002', status: '', name: 'Next', type: 'school', parentSourcedId: '' } },
    ]);
  });
  it('keeps the zeros at the start of an id', async () => {
    const [line] = await read(`${header}\n00417,,A,district,,\n`);
    expect(line).toMatchObject({ row: { sourcedId: '00417' } });
  });
  it('may have header names in another case', async () => {
    const [line] = await read('SOURCEDID,Name,TYPE\n1,A,school\n');
    expect(line).toMatchObject({ row: { sourcedId: '1', name: 'A' } });
  });
  it('gives nothing of a column that is not asked for', async () => {
    const [line] = await read('sourcedId,name,type,password\n1,A,school,hunter2\n');
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });
  it('is refused by name without a required column', async () =>
    expect(await refusal('sourcedId,name\n1,A\n')).toBe('orgs.csv lacks the required column type'));
  it('is refused by the name of a repeated column', async () =>
    expect(await refusal(`${header},Name\n`)).toBe('orgs.csv has the column name twice'));
  it('is refused when it is empty', async () => expect(await refusal('')).toMatch(/empty/));
  it('is refused by the name of its encoding, never mangled', async () => {
    expect(await refusal(Buffer.from(`\uFEFF${header}\n`, 'utf16le'))).toMatch(/UTF-16/);
    expect(await refusal(Buffer.from(`${header}\n1,,Señor,school,,\n`, 'latin1'))).toMatch(/Windows-1252/);
  });
  it('puts a row with another number of columns aside and goes on', async () => {
    const lines = await read(`${header}\n1,,A,school\n2,,B,school,,\n`);
    expect(lines).toMatchObject([{ broken: { line: 2, rule: 'columns' } }, { row: { sourcedId: '2' } }]);
  });
  it('with a quote that never closes is refused, however long it goes on', async () =>
    expect(await refusal(`${header}\n1,,"A,school,,\n${'x'.repeat(300_000)}\n`)).toMatch(/quote/));
  it('with NUL bytes is refused', async () =>
    expect(await refusal(`${header}\n1,,A\0,school,,\n`)).toMatch(/NUL/));
});
