/** A listener of Kafka that tells its clients another port than its own: that of a proxy in front of it. */
export interface KafkaDoor {
  port: number;
  advertised: number;
}

export interface EngineOptions {
  /** The folder of the data. Made when missing. */
  dir: string;
  /** Kafka's port (its controller takes the next); a free one when not given. */
  kafkaPort?: number;
  /** MongoDB's port; a free one when not given. */
  mongoPort?: number;
  /** Where kafka.log and mongo.log go; DIR/logs when not given. */
  logsDir?: string;
  /** One line of progress. */
  log?: (line: string) => void;
  /** MB; 512 when not given. */
  kafkaHeapMb?: number;
  /** GB; 0.5 when not given, 0.25 at least. */
  mongoCacheGb?: number;
  /** Listeners beside the first one. */
  kafkaDoors?: KafkaDoor[];
  /** False leaves one of them out; its address is then the empty string. */
  withKafka?: boolean;
  withMongo?: boolean;
}

export interface RunningEngines {
  /** host:port */
  kafka: string;
  /** A MongoDB URL with the replica set. */
  mongo: string;
  /** Stops both; kills what still runs after the grace period (10,000 ms when not given; 0 kills at once). */
  stop(graceMs?: number): Promise<void>;
  /** Settles with the reason, in one line, when one of them ends without having been asked to. */
  died: Promise<string>;
}

/**
 * Starts a real Kafka and a real one-node MongoDB replica set as local processes, downloading their programs the
 * first time. Takes what an earlier run left behind on the same data, when it answers.
 * @throws Problem, whose message is one line that says what to do
 */
export function startEngines(options: EngineOptions): Promise<RunningEngines>;

/** Fetches the engines' programs, unless they are there. */
export function installEngines(which?: { withKafka?: boolean; withMongo?: boolean }): Promise<void>;

/** @throws Problem when a program that the engines need is missing or too old */
export function checkEngines(which?: { withKafka?: boolean; withMongo?: boolean }): Promise<void>;
