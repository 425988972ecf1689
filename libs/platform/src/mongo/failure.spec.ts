import { expect, it } from '@jest/globals';
import { MongoBulkWriteError, MongoNetworkError } from 'mongodb';
import { documentErrors } from './failure.js';

/** An unordered write's error as the driver makes it. */
function bulkError(writeErrors: unknown[], concern?: object): MongoBulkWriteError {
  const result = { getWriteConcernError: () => concern } as unknown as MongoBulkWriteError['result'];
  return new MongoBulkWriteError({ message: 'refused', writeErrors } as never, result);
}

it('gives the errors of single documents when the others are durably written', () => {
  const refused = { index: 1, code: 11000 };
  expect(documentErrors(bulkError([refused]))).toEqual([refused]);
});

it.each([
  ['the write concern was not met', bulkError([], { code: 64 })],
  ['the write concern was not met, and a document was refused', bulkError([{ index: 1 }], { code: 64 })],
  ['no document is named', bulkError([])],
  ['the connection was lost', new MongoNetworkError('gone')],
])('throws when %s: no result is known', (_, error) => {
  expect(() => documentErrors(error)).toThrow(error);
});
