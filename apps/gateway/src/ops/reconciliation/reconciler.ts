import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { installationToken } from '#platform';
import type { District } from '#platform';
import { ask as askService } from '../../upstreams.js';
import { LaggingStore } from './lagging.store.js';
import type { Lagging } from './lagging.store.js';
import { listsAgree, sayStop, signatureOf } from './path.js';
import type { Sighting, Stop } from './path.js';
import { republish } from './republish.js';
import type { Repair } from './republish.js';
import { RunStore } from './runs.store.js';
import type { Difference, Run } from './runs.store.js';
import { services, together, verdicts } from './suspects.js';
import { CannotTell, insist, sideBySide, walk } from './walk.js';
import type { Ask } from './walk.js';

/** What was accepted later is not looked at yet, in ms. */
const settleMs = 30_000;
/** What has been on its way for longer is a difference, in ms. */
const patienceMs = 5 * 60_000;
const mostDifferences = 1_000;

/** An input that has not arrived everywhere. */
interface Stopped {
  sighting: Sighting;
  stop: Stop;
}

/** A reconciliation under way, once it is `kept` where others read it; `end` never rejects. */
interface UnderWay {
  run: Run;
  kept: Promise<void>;
  end: Promise<Run>;
}

/**
 * Holds what was accepted against what became of it, by input id and by the numbers of its events, as of thirty seconds
 * ago: walks the sorted lists of all services side by side, and asks by id about what does not agree.
 */
@Injectable()
export class Reconciler implements OnModuleDestroy {
  private readonly logger = new Logger('reconciliation');
  private readonly underWay = new Map<District, UnderWay>();
  /** Ends each run that is under way at once, whatever it waits for. */
  private readonly enders = new Set<(reason: Error) => void>();

  constructor(
    private readonly runs: RunStore,
    private readonly lagging: LaggingStore,
  ) {}

  async onModuleDestroy(): Promise<void> {
    for (const end of this.enders) end(new CannotTell('this gateway is stopping'));
    await Promise.all([...this.underWay.values()].map(({ end }) => end));
  }

  /** Begins one, or joins that which is under way here; with `repair` what differs is then published again. */
  async begin(
    district: District,
    by: string,
    { repair = false } = {},
  ): Promise<{ run: Run; end: Promise<Run> }> {
    for (let other = this.underWay.get(district); other; other = this.underWay.get(district)) {
      if (!repair) return shown(other);
      await other.end;
    }
    const run = newRun(district, by);
    const kept = this.runs.begin(run);
    const end = kept
      .then(() => this.work(run, repair))
      .catch((error: unknown) => this.failed(run, error))
      .finally(() => this.underWay.delete(district));
    const underWay = { run, kept, end };
    this.underWay.set(district, underWay);
    return shown(underWay);
  }

  /** Has all that differs, as the last run saw it, published again. */
  repair(district: District): Promise<Repair> {
    return republish(asInstallation(district), (cursor) =>
      this.lagging.list(district, true, { limit: together, ...(cursor && { cursor }) }),
    );
  }

  private async work(run: Run, repair: boolean): Promise<Run> {
    const ask = asInstallation(run.district);
    const alive = setInterval(() => {
      run.aliveAt = new Date();
      void this.runs.update(run).catch(() => undefined);
    }, 1_000);
    const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
    this.enders.add(stop);
    try {
      await Promise.race([this.allOf(run, ask, repair), stopped]);
    } finally {
      clearInterval(alive);
      this.enders.delete(stop);
    }
    run.state = 'done';
    run.finishedAt = new Date();
    await this.runs.update(run);
    this.tell(run);
    return run;
  }

  private async allOf(run: Run, ask: Ask, repair: boolean): Promise<void> {
    run.expected = (await insist<{ known: number }>(ask, 'reporting', 'ops/counts')).known;
    await this.walkAll(run, ask);
    await this.lagging.forgetUnseen(run.district, run.startedAt);
    if (!repair) return;
    const { asked, failed } = await this.repair(run.district);
    run.repair = { asked: asked.length, failed: failed.length };
  }

  private async walkAll(run: Run, ask: Ask): Promise<void> {
    const asOf = run.asOf.toISOString();
    let unclear: Sighting[] = [];
    const lists = new Map(services.map((service) => [service, walk(ask, service)]));
    for await (const sighting of sideBySide(lists)) {
      run.walked += 1;
      const own = sighting.origin && sighting.knownTo.get(sighting.origin);
      if (own && own.acceptedAt > asOf) continue;
      const agree = listsAgree(sighting);
      if (agree === 'agree') count(run, sighting);
      else if (agree !== 'unclear') await this.keep(run, [{ sighting, stop: agree }]);
      else if (unclear.push(sighting) === together) {
        await this.askAbout(run, ask, unclear);
        unclear = [];
      }
    }
    if (unclear.length > 0) await this.askAbout(run, ask, unclear);
  }

  private async askAbout(run: Run, ask: Ask, unclear: Sighting[]): Promise<void> {
    const found = await verdicts(ask, unclear);
    const stopped: Stopped[] = [];
    for (const sighting of unclear) {
      const verdict = found.get(sighting.inputId)!;
      if (verdict === 'arrived') count(run, sighting);
      else if (verdict !== 'new') stopped.push({ sighting, stop: verdict });
    }
    await this.keep(run, stopped);
  }

  /** Counts what has stopped, and remembers since when. */
  private async keep(run: Run, stopped: Stopped[]): Promise<void> {
    const { district } = run;
    const waiting = stopped.filter(({ stop }) => stop.what !== 'parked');
    run.accepted += stopped.filter(({ sighting }) => sighting.origin).length;
    run.parked += stopped.length - waiting.length;
    if (waiting.length === 0) return;
    const signatures = new Map(waiting.map(({ sighting, stop }) => [sighting.inputId, signatureOf(stop)]));
    const known = await this.lagging.since(district, signatures);
    const seen = waiting.map((one) => laggingOf(district, one, known.get(one.sighting.inputId)));
    await this.lagging.see(seen);
    for (const one of seen) {
      if (!one.difference) run.inFlight += 1;
      else run.differing += 1;
      if (one.difference && run.differences.length < mostDifferences) run.differences.push(differenceOf(one));
    }
  }

  private async failed(run: Run, error: unknown): Promise<Run> {
    const { message, stack } = error as Error;
    run.state = 'failed';
    run.failure = message;
    run.finishedAt = new Date();
    const unforeseen = !(error instanceof CannotTell);
    this.logger[unforeseen ? 'error' : 'warn']({
      msg: `reconciliation of ${run.district} could not be done: ${message}`,
      ...(unforeseen && { stack }),
    });
    await this.runs.update(run).catch(() => undefined);
    return run;
  }

  private tell({ district, accepted, differing, differences, repair }: Run): void {
    if (differing === 0) return this.logger.debug({ msg: `reconciliation of ${district} holds` });
    const [first] = differences;
    const repaired = repair ? `; ${repair.asked} are published again` : '';
    this.logger.error({
      msg: `reconciliation of ${district} does not hold: ${differing} inputs differ, ${accepted} were accepted; ${first!.inputId}: ${first!.says}${repaired}`,
    });
  }
}

async function shown(underWay: UnderWay): Promise<UnderWay> {
  await underWay.kept;
  return underWay;
}

function newRun(district: District, by: string): Run {
  const id = randomUUID();
  const now = new Date();
  const sums = { accepted: 0, open: 0, closed: 0, parked: 0, inFlight: 0, differing: 0 };
  return {
    _id: `${district}/${id}`,
    id,
    district,
    by,
    state: 'running',
    startedAt: now,
    aliveAt: now,
    asOf: new Date(now.getTime() - settleMs),
    walked: 0,
    expected: 0,
    ...sums,
    differences: [],
  };
}

/** An input that has arrived everywhere is as its origin says. */
function count(run: Run, { origin, knownTo }: Sighting): void {
  run.accepted += 1;
  run[knownTo.get(origin!)!.open ? 'open' : 'closed'] += 1;
}

function laggingOf(
  district: District,
  { sighting, stop }: Stopped,
  known: Date | undefined,
): Omit<Lagging, '_id'> {
  const { inputId, origin, knownTo } = sighting;
  const now = new Date();
  // Nobody has heard of it: it has been on its way since it was accepted. Else since that was first seen.
  const unheard = origin !== undefined && stop.publisher === origin && stop.taken === 0;
  const since = known ?? (unheard ? new Date(knownTo.get(origin)!.acceptedAt) : now);
  // What is lost does not come by waiting.
  const lost = stop.what === 'ahead' || stop.what === 'not-accepted';
  const place = stop.where === 'origin' ? [...knownTo.values()][0] : knownTo.get(stop.where);
  return {
    district,
    inputId,
    stop,
    stoppedAt: place?.state ?? 'unknown',
    signature: signatureOf(stop),
    since,
    seenAt: now,
    difference: lost || now.getTime() - since.getTime() > patienceMs,
  };
}

export function differenceOf({ inputId, stop, stoppedAt, since }: Omit<Lagging, '_id'>): Difference {
  return { inputId, ...stop, stoppedAt, since: since.toISOString(), says: sayStop(stop) };
}

/** As the installation itself, IT of this district; a new token every so often, because each lives for a minute. */
function asInstallation(district: District): Ask {
  let token = '';
  let signedAt = 0;
  return async (service, path, post) => {
    if (Date.now() - signedAt > 20_000) {
      token = await installationToken(district, 'reconciler');
      signedAt = Date.now();
    }
    const authorization = `Bearer ${token}`;
    return askService(service, `/api/${service}/${path}`, { authorization, post, deadlineMs: 20_000 });
  };
}
