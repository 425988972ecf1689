import { Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { Allow, Caller, Problem, Returns } from '#platform';
import type { District } from '#platform';
import { ask, origins, upstreams } from '../upstreams.js';
import type { Upstream } from '../upstreams.js';
import { compare } from './compare.js';
import type { Difference, KnownInput, Reconciliation } from './compare.js';
import { away, parkedOf, passedBack } from './parked.js';

export class DifferenceItem {
  inputId!: string;
  where!: string;
  stoppedAt!: string;
}

/** accepted = open + closed + parked + inFlight + differences of accepted inputs. */
export class ReconciliationResponse {
  asOf!: string;
  accepted!: number;
  open!: number;
  closed!: number;
  parked!: number;
  inFlight!: number;
  differences!: DifferenceItem[];
  holds!: boolean;
}

export class RepairResponse {
  /** Inputs whose owners were asked to publish again. */
  asked!: string[];
  /** Inputs that nobody could publish again. */
  failed!: string[];
}

/** Proof that nothing was lost: every accepted input is open, closed or parked, by id, across services. */
@Controller('api/ops/reconciliation')
@Allow(['it'], 'district')
export class ReconciliationController {
  /** Since when an input was seen to lag, a district. Forgotten at a restart: then it counts as in flight anew. */
  private readonly lagging = new Map<District, Map<string, string>>();

  @Get()
  @Returns(200, ReconciliationResponse, 'accepted = open + closed + parked, as of thirty seconds ago')
  read(
    @Headers('authorization') authorization: string,
    @Caller() { district }: Caller,
  ): Promise<Reconciliation> {
    return this.reconcile(district, authorization);
  }

  /** The origin publishes again, and casework too; the same ids and numbers, so whoever has them skips them. */
  @Post('repair')
  @HttpCode(200)
  @Returns(200, RepairResponse, 'Has the owners of what differs publish it again')
  async repair(
    @Headers('authorization') authorization: string,
    @Caller() { district }: Caller,
  ): Promise<RepairResponse> {
    const { differences } = await this.reconcile(district, authorization);
    const answer: RepairResponse = { asked: [], failed: [] };
    for (const { inputId } of differences) {
      const heard = await republish(inputId, authorization);
      (heard ? answer.asked : answer.failed).push(inputId);
    }
    return answer;
  }

  private async reconcile(district: District, authorization: string): Promise<Reconciliation> {
    const now = new Date().toISOString();
    const [parked, casework, reporting] = await Promise.all([
      parkedIds(authorization),
      walk('casework', authorization),
      walk('reporting', authorization),
    ]);
    const accepted = (await Promise.all(origins.map((origin) => walk(origin, authorization)))).flat();
    const { result, lagging } = compare(
      { accepted, casework, reporting, parked },
      now,
      this.lagging.get(district) ?? new Map(),
    );
    this.lagging.set(district, lagging);
    return result;
  }
}

/** Every input that a service knows. @throws Problem 503 when it does not answer: half a walk proves nothing. */
async function walk(service: Upstream, authorization: string): Promise<KnownInput[]> {
  const all: KnownInput[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '1000', ...(next && { after: next }) });
    const answer = await ask(service, `/api/${service}/ops/inputs?${query.toString()}`, {
      authorization,
    }).catch(away);
    const page = passedBack<{ items: KnownInput[]; next?: string }>(answer);
    all.push(...page.items);
    next = page.next;
  } while (next);
  return all;
}

async function parkedIds(authorization: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const service of upstreams) {
    let cursor: string | undefined;
    do {
      const page = await parkedOf(service, 200, cursor, authorization);
      if (!page)
        throw new Problem(503, undefined, {
          detail: `${service} does not answer.`,
          headers: { 'retry-after': '1' },
        });
      // A gap is on its way, not parked: its owner is asked for what is missing.
      for (const { key, kind } of page.items) if (key && kind !== 'gap' && kind !== 'discarded') ids.add(key);
      cursor = page.next;
    } while (cursor);
  }
  return ids;
}

/** Whoever has events about the input sends them again. @returns whether anybody did. */
async function republish(inputId: Difference['inputId'], authorization: string): Promise<boolean> {
  const owners: Upstream[] = [...origins, 'casework'];
  const answers = await Promise.all(
    owners.map((owner) =>
      ask(owner, `/api/${owner}/ops/republish`, { authorization, post: { inputId } }).catch(() => undefined),
    ),
  );
  return answers.some((answer) => answer !== undefined && answer.status < 300);
}
