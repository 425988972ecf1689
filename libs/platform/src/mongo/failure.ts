import { MongoBulkWriteError } from 'mongodb';
import type { WriteError } from 'mongodb';

/** Names of driver errors after which the database may be back in a moment: nothing is wrong with the document. */
const infrastructure = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWriteConcernError',
  'MongoOperationTimeoutError',
  'MongoExpiredSessionError',
  'PoolClearedOnNetworkError',
]);

/** Server codes of a stepping-down or shutting-down primary, or of a time limit: retry, never park. */
const serverCodes = new Set([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** Whether the database was lost or its answer is unknown, as opposed to a document that it refused. */
export function isInfrastructureFailure(error: unknown): boolean {
  const { name, code, errorLabelSet, errorResponse } = (error ?? {}) as {
    name?: string;
    code?: unknown;
    errorLabelSet?: Set<string>;
    errorResponse?: unknown;
  };
  return (
    (name !== undefined && infrastructure.has(name)) ||
    (typeof code === 'number' && serverCodes.has(code)) ||
    (errorLabelSet?.has('RetryableWriteError') ?? false) ||
    // A bulk write wraps whatever it met, a lost connection as well, and keeps it here.
    (errorResponse instanceof Error && isInfrastructureFailure(errorResponse))
  );
}

export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 11000;
}

/**
 * The errors of single documents in an unordered write; the other documents are durably written.
 * @throws the error itself when that is not known: the connection was lost, or the write concern was not met.
 */
export function documentErrors(error: unknown): WriteError[] {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
  const errors = [error.writeErrors].flat();
  if (errors.length === 0) throw error;
  return errors;
}

/**
 * The documents of an unordered insert that were there already; the others are durably written.
 * @throws the error itself when it is about anything else.
 */
export function duplicatesOf(error: unknown): WriteError[] {
  const errors = documentErrors(error);
  if (!errors.every(isDuplicateKey)) throw error;
  return errors;
}
