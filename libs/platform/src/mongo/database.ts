import mongoose from 'mongoose';
import type { Db } from 'mongodb';
import { config } from '../config.js';
import { mendLostDrain } from './lost-drain.js';

mendLostDrain();

/** Provided by the platform: the service's own database. */
export const DATABASE = Symbol('DATABASE');

/**
 * Connects the service to its own database. Mongoose keeps the connection and its pool; guarded writes go to the
 * driver's collections directly (docs/adr/0003). `ignoreUndefined` because aggregates are plain data.
 * @throws Error that says what to do, after 5 s without a server.
 */
export async function connectDatabase(service: string): Promise<{ connection: mongoose.Connection; db: Db }> {
  const { mongo, prefix } = config();
  const connection = mongoose.createConnection(mongo, {
    dbName: `${prefix}-${service}`,
    serverSelectionTimeoutMS: 5_000,
    socketTimeoutMS: 30_000,
    maxPoolSize: 20,
    ignoreUndefined: true,
    autoCreate: false,
    autoIndex: false,
    bufferCommands: false,
  });
  try {
    await connection.asPromise();
  } catch (error) {
    throw new Error(
      `MongoDB does not answer at ${redacted(mongo)}: start it, or set HEARBACK_MONGO (${(error as Error).message})`,
      { cause: error },
    );
  }
  return { connection, db: connection.getClient().db(`${prefix}-${service}`) };
}

function redacted(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@');
}
