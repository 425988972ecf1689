/** An input as one service knows it. */
export interface KnownInput {
  inputId: string;
  state: string;
  open: boolean;
  acceptedAt: string;
}

/** What the services say, each walked to its end; the origins last, so that whatever another knows is in their lists. */
export interface Walked {
  accepted: readonly KnownInput[];
  casework: readonly KnownInput[];
  reporting: readonly KnownInput[];
  /** Ids that a parked event is about, anywhere. */
  parked: ReadonlySet<string>;
}

export type Follower = 'casework' | 'reporting';

export interface Difference {
  inputId: string;
  /** The service that does not follow; `origin` for an input that no origin accepted. */
  where: Follower | 'origin';
  /** The last state that this service knows; `unknown` when it has never heard of the input. */
  stoppedAt: string;
}

export interface Reconciliation {
  asOf: string;
  /** accepted = open + closed + parked + inFlight + the inputs among `differences` that an origin accepted. */
  accepted: number;
  open: number;
  closed: number;
  parked: number;
  inFlight: number;
  differences: Difference[];
  /** Whether accepted = open + closed + parked, but for what is in flight. */
  holds: boolean;
}

const settleMs = 30_000;
/** What has been on its way for longer is a difference. */
export const patienceMs = 5 * 60_000;

/**
 * Holds what was accepted against what became of it, by input id, as of thirty seconds ago. Parked goes before open.
 * An input is in flight while a service lacks it or does not know yet whether it is open; `laggingSince` tells since
 * when that was first seen (ids to instants), because services do not say when they last changed.
 * @returns with the reconciliation, the lagging ids to remember for the next one.
 */
export function compare(
  { accepted, casework, reporting, parked }: Walked,
  now: string,
  laggingSince: ReadonlyMap<string, string>,
): { result: Reconciliation; lagging: Map<string, string> } {
  const asOf = new Date(Date.parse(now) - settleMs).toISOString();
  const followers: [Follower, Map<string, KnownInput>][] = [
    ['casework', byId(casework)],
    ['reporting', byId(reporting)],
  ];
  const result: Reconciliation = {
    asOf,
    accepted: 0,
    open: 0,
    closed: 0,
    parked: 0,
    inFlight: 0,
    differences: [],
    holds: true,
  };
  const lagging = new Map<string, string>();
  for (const input of accepted.filter((one) => one.acceptedAt <= asOf)) {
    const { inputId } = input;
    result.accepted += 1;
    const behind = followers.find(([, known]) => known.get(inputId)?.open !== input.open);
    if (parked.has(inputId)) result.parked += 1;
    else if (!behind) result[input.open ? 'open' : 'closed'] += 1;
    else {
      const [where, known] = behind;
      const there = known.get(inputId);
      // Never seen: its age is since it was accepted. Seen, but behind: since we first noticed.
      const since = there ? (laggingSince.get(inputId) ?? now) : input.acceptedAt;
      if (there) lagging.set(inputId, since);
      if (Date.parse(now) - Date.parse(since) <= patienceMs) result.inFlight += 1;
      else result.differences.push({ inputId, where, stoppedAt: there?.state ?? 'unknown' });
    }
  }
  result.differences.push(...strangers(accepted, followers));
  result.holds = result.differences.length === 0;
  return { result, lagging };
}

/** Inputs that are worked on or counted although no origin accepted them. */
function strangers(
  accepted: readonly KnownInput[],
  followers: [Follower, Map<string, KnownInput>][],
): Difference[] {
  const ids = new Set(accepted.map(({ inputId }) => inputId));
  const known = followers.flatMap(([, inputs]) => [...inputs.values()]);
  const unique = new Map(known.filter(({ inputId }) => !ids.has(inputId)).map((one) => [one.inputId, one]));
  return [...unique.values()].map(({ inputId, state }) => ({ inputId, where: 'origin', stoppedAt: state }));
}

function byId(inputs: readonly KnownInput[]): Map<string, KnownInput> {
  return new Map(inputs.map((one) => [one.inputId, one]));
}
