import { Logger } from '@nestjs/common';
import { Kafka, logLevel } from 'kafkajs';
import type { LogEntry } from 'kafkajs';
import { config } from '#platform';
import { mendIdleTimer } from './idle-timer.js';

mendIdleTimer();
// The partitioner is the default one of version 2; kafkajs would say so at every start.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

/** A client named after its service; kafkajs's own lines go to our log without payloads. */
export function kafkaClient(service: string): Kafka {
  const { kafka, kafkaTls, kafkaUser, prefix } = config();
  const logger = new Logger('kafka');
  return new Kafka({
    clientId: `${prefix}.${service}`,
    brokers: kafka,
    ssl: kafkaTls,
    ...(kafkaUser && { sasl: { mechanism: 'scram-sha-512' as const, ...kafkaUser } }),
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry: LogEntry) => {
      const { message, error } = entry.log as { message: string; error?: string };
      // A coordinator that is still loading, a rebalance, and topics that another service made first are ordinary life.
      if (
        /rebalanc|group coordinator|coordinator for this group|topic creation/i.test(
          `${message} ${error ?? ''}`,
        )
      )
        return;
      if (entry.level === logLevel.ERROR) logger.error({ msg: `${message}${error ? `: ${error}` : ''}` });
      else logger.warn({ msg: `${message}${error ? `: ${error}` : ''}` });
    },
  });
}
