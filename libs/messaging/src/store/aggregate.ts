/**
 * A pure aggregate: what its events make of its state. Events whose type stands in the contracts' registry are
 * published; all others are facts of this document alone, folded here and kept nowhere else.
 */
export interface Aggregate<S, E extends { type: string }> {
  /** The name of its collection, in the plural. */
  readonly name: string;
  evolve(state: S | undefined, event: E): S;
  /** The instant at which a clock must look at the document again; undefined: never. */
  wakeAt?(state: S): string | undefined;
  /** Small fields to find it by, stored beside the state. */
  index?(state: S): Record<string, unknown>;
}
