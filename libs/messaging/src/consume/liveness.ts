/** What is known of a consumer. Instants are epoch milliseconds; absent: it is not so. */
export interface Signs {
  /** Since when it belongs to no group, and why. */
  outside?: { since: number; reason: string };
  /** Since when its effects cannot be written, and why. */
  troubled?: { since: number; reason: string };
  /** When the batch that is being taken was begun. */
  batchSince?: number;
  /** The last time kafkajs asked for events, whether there were any or not. */
  lastFetchAt: number;
  /** Since when Kafka has events for it that it does not take. */
  laggingSince?: number;
  /** Since when Kafka answers. While it does not, standing still is right; then the patience begins. */
  kafkaSince?: number;
}

export interface Verdict {
  /** Why it is not ready, in one line. */
  trouble?: string;
  /** It will not go on by itself: the process ends, and its supervisor starts a new one. */
  dead: boolean;
}

const well: Verdict = { dead: false };

/**
 * A consumer that stopped is dead: kafkajs is known to stall with the process alive, a batch may hang, a database may
 * stay lost. It is not ready from a quarter of the patience (ms) on, and dead after all of it. Kafka being down is no
 * death: commands are taken meanwhile, and kafkajs joins again by itself.
 */
export function judge(signs: Signs, now: number, patienceMs: number): Verdict {
  const { outside, troubled, batchSince, lastFetchAt, laggingSince, kafkaSince } = signs;
  if (outside) {
    const since = Math.max(outside.since, kafkaSince ?? now);
    return { trouble: outside.reason, dead: now - since > patienceMs };
  }
  if (troubled) return { trouble: troubled.reason, dead: now - troubled.since > patienceMs };
  const stalls = [
    { since: batchSince, what: 'one batch has been in hand' },
    {
      since: batchSince === undefined && kafkaSince ? Math.max(lastFetchAt, kafkaSince) : undefined,
      what: 'nothing was fetched',
    },
    { since: laggingSince, what: 'events wait in Kafka and none was taken' },
  ];
  const longest = stalls.reduce((a, b) => ((b.since ?? Infinity) < (a.since ?? Infinity) ? b : a));
  const ms = now - (longest.since ?? now);
  if (ms <= patienceMs / 4) return well;
  return { trouble: `${longest.what} for ${Math.round(ms / 1000)} s`, dead: ms > patienceMs };
}
