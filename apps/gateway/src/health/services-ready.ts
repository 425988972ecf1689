import { Injectable } from '@nestjs/common';
import { Health } from '#platform';
import { ask, upstreams } from '../upstreams.js';
import type { Upstream } from '../upstreams.js';

/** The gateway is ready when every service is. All are asked at once, when somebody asks the gateway. */
@Injectable()
export class ServicesReady {
  private asked?: Promise<Map<Upstream, string | undefined>>;

  constructor(health: Health) {
    for (const service of upstreams) health.add(service, async () => (await this.all()).get(service));
  }

  /** One round for all checks: they run one after the other, so the answers are kept for a moment. */
  private all(): Promise<Map<Upstream, string | undefined>> {
    this.asked ??= Promise.all(upstreams.map(async (service) => [service, await troubleOf(service)] as const))
      .then((answers) => new Map(answers))
      .finally(() => setTimeout(() => (this.asked = undefined), 100).unref());
    return this.asked;
  }
}

async function troubleOf(service: Upstream): Promise<string | undefined> {
  try {
    const { status, body } = await ask(service, '/health/ready', { deadlineMs: 2_000 });
    if (status === 200) return undefined;
    const { troubles } = (body ?? {}) as { troubles?: Record<string, string> };
    return troubles
      ? Object.entries(troubles)
          .map(([name, what]) => `${name}: ${what}`)
          .join('; ')
      : `answered ${status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
