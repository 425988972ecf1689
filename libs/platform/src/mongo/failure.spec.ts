import { expect, it } from '@jest/globals';
import { MongoBulkWriteError, MongoNetworkError, MongoRuntimeError } from 'mongodb';
import type { MongoError } from 'mongodb';
import { documentErrors, isInfrastructureFailure } from './failure.js';

/** An unordered write's error as the driver makes it. */
function bulkError(writeErrors: unknown[], concern?: object): MongoBulkWriteError {
  const result = { getWriteConcernError: () => concern } as unknown as MongoBulkWriteError['result'];
  return new MongoBulkWriteError({ message: 'refused', writeErrors } as never, result);
}

/** As the driver wraps an error of its own in a bulk write. */
function wrapped(error: MongoError): MongoBulkWriteError {
  return new MongoBulkWriteError(error, {} as MongoBulkWriteError['result']);
}

it.each([
  [true, 'a lost connection', new MongoNetworkError('gone')],
  [true, 'a bulk write that lost its connection', wrapped(new MongoNetworkError('gone'))],
  [false, 'a bulk write that the driver itself refused', wrapped(new MongoRuntimeError('too large'))],
  [false, 'a document that was refused', bulkError([{ index: 1, code: 11000 }])],
])('%s: %s is a failure of infrastructure', (expected, _, error) => {
  expect(isInfrastructureFailure(error)).toBe(expected);
});

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
