import type { Origin } from '#contracts';

/** Who writes or reads events about inputs. */
export type Service = Origin | 'casework' | 'reporting';

/** How far one publisher's events about an input were taken. */
export interface Taken {
  publisher: string;
  seq: number;
}

/** An input as one service lists it: where its loop stands, and how many events were written and taken. */
export interface KnownInput {
  inputId: string;
  state: string;
  open: boolean;
  acceptedAt: string;
  written: number;
  taken: Taken[];
}

/** One input, as each service that knows it has it. */
export interface Sighting {
  inputId: string;
  knownTo: ReadonlyMap<Service, KnownInput>;
  /** The origin that accepted it; none for an input that nobody accepted. */
  origin?: Origin;
}

/** What one service says of the events about an input, when asked for it by id. */
export interface Trail {
  inputId: string;
  written: number;
  published: number;
  taken: Taken[];
  parked: { publisher: string; kind: string }[];
}
export type Trails = ReadonlyMap<Service, Trail>;

/**
 * Where the events about an input stopped on their way.
 * `not-published`: written, and not on the topic yet. `not-taken`: published, and its reader has not taken it.
 * `parked`: its reader could not apply it. `ahead`: its reader has taken more than its publisher has: the publisher
 * lost what it had written. `disagrees`: everything is taken, and one has the loop open, the other closed.
 * `not-accepted`: others know the input, and no origin does.
 */
export interface Stop {
  what: 'not-published' | 'not-taken' | 'parked' | 'ahead' | 'disagrees' | 'not-accepted';
  /** The service at which it stopped; `origin` when no origin has it. */
  where: Service | 'origin';
  /** The line between two services on which it stopped, and the numbers of the last events on it. */
  publisher?: Service;
  reader?: Service;
  written?: number;
  published?: number;
  taken?: number;
}

/** Every way that events about an input go, in the order in which its loop needs them. */
function linesOf(origin: Origin): [Service, Service][] {
  return [
    [origin, 'casework'],
    [origin, 'reporting'],
    ['casework', origin],
    ['casework', 'reporting'],
  ];
}

/**
 * Whether the lists agree about an input. `unclear` when numbers differ: lists are read one after the other, so what
 * moved meanwhile must be asked for by id.
 */
export function listsAgree({ origin, knownTo }: Sighting): 'agree' | 'unclear' | Stop {
  const own = origin && knownTo.get(origin);
  const [casework, reporting] = [knownTo.get('casework'), knownTo.get('reporting')];
  if (!own || !casework || !reporting) return 'unclear';
  const moved = linesOf(origin).some(
    ([publisher, reader]) => knownTo.get(publisher)!.written !== takenOf(knownTo.get(reader), publisher),
  );
  if (moved) return 'unclear';
  const other =
    casework.open !== own.open ? 'casework' : reporting.open !== own.open ? 'reporting' : undefined;
  return other ? { what: 'disagrees', where: other, publisher: origin, reader: other } : 'agree';
}

/**
 * Where an input stopped, from what the services say of it by id, asked twice: what a publisher had written the first
 * time and its reader has not taken the second time is not there yet, and what a reader had taken the first time and
 * its publisher does not have the second time is lost. Undefined when all of it has arrived.
 */
export function stopOf(origin: Origin, first: Trails, second: Trails): Stop | undefined {
  const stops = linesOf(origin).flatMap(
    ([publisher, reader]) => stopOnLine(publisher, reader, first, second) ?? [],
  );
  // What is parked has a place where people see it; whatever else is missing must not hide behind it.
  const elsewhere = stops.filter(({ what }) => what !== 'parked');
  // But what casework has lost may come back with what waits there.
  const waits = stops.some(({ what, reader }) => what === 'parked' && reader === 'casework');
  return (
    elsewhere.find(({ what, publisher }) => !(waits && what === 'ahead' && publisher === 'casework')) ??
    stops[0]
  );
}

function stopOnLine(publisher: Service, reader: Service, first: Trails, second: Trails): Stop | undefined {
  const written = first.get(publisher)?.written ?? 0;
  const { written: has = 0, published = 0 } = second.get(publisher) ?? {};
  const had = takenOf(first.get(reader), publisher);
  const taken = takenOf(second.get(reader), publisher);
  const line = { publisher, reader, written: has, published, taken };
  if (had > has) return { what: 'ahead', where: publisher, ...line };
  if (taken >= written) return undefined;
  const waits = second
    .get(reader)
    ?.parked.some((one) => one.publisher === publisher && (one.kind === 'failed' || one.kind === 'behind'));
  if (waits) return { what: 'parked', where: reader, ...line };
  if (published <= taken) return { what: 'not-published', where: publisher, ...line };
  return { what: 'not-taken', where: reader, ...line };
}

function takenOf(known: { taken: Taken[] } | undefined, publisher: Service): number {
  return known?.taken.find((one) => one.publisher === publisher)?.seq ?? 0;
}

/** The same for as long as nothing moved: since when an input stands where it is, is counted by it. */
export function signatureOf({ what, where, publisher, reader, taken }: Stop): string {
  // Whether an event is not published or not taken, its reader waits for the same one.
  const kind = what === 'not-published' || what === 'not-taken' ? 'missing' : what;
  return [kind, kind === 'missing' ? '' : where, publisher, reader, taken].join(' ');
}

/** In a sentence, for people. */
export function sayStop({ what, where, publisher, reader, written, published, taken }: Stop): string {
  switch (what) {
    case 'not-published':
      return `not published by ${publisher}: ${published} of ${written} events are, ${reader} has taken ${taken}`;
    case 'not-taken':
      return `published by ${publisher} but not taken by ${reader}: ${published} published, ${taken} taken`;
    case 'parked':
      return `parked at ${reader}: ${taken} of ${written} events of ${publisher} are taken`;
    case 'ahead':
      return `${publisher} has lost events: it has ${written}, and ${reader} has taken ${taken}`;
    case 'disagrees':
      return `all events are taken, but ${where} disagrees with ${publisher} on whether it is open`;
    case 'not-accepted':
      return 'no origin has accepted it';
  }
}
