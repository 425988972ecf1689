import type { Origin } from '#contracts';
import { origins } from '../../upstreams.js';
import { stopOf } from './path.js';
import type { Service, Sighting, Stop, Trail } from './path.js';
import { insist } from './walk.js';
import type { Ask } from './walk.js';

export const services: readonly Service[] = [...origins, 'casework', 'reporting'];

/** Suspects asked about together; what a service takes in one request. */
export const together = 100;

/** What became of an input whose lists were not clear: `arrived` meanwhile, `new` while we walked, or where it stopped. */
export type Verdict = 'arrived' | 'new' | Stop;

/**
 * Asks all services about these inputs by id, twice over, and says of each where it is.
 * @throws CannotTell when one does not answer.
 */
export async function verdicts(ask: Ask, suspects: readonly Sighting[]): Promise<Map<string, Verdict>> {
  const ids = suspects.map(({ inputId }) => inputId);
  const first = await trailsOf(ask, ids);
  const second = await trailsOf(ask, ids);
  return new Map(
    suspects.map(({ inputId, origin }) => [
      inputId,
      verdictOf(origin, first.get(inputId)!, second.get(inputId)!),
    ]),
  );
}

function verdictOf(
  origin: Origin | undefined,
  first: Map<Service, Trail>,
  second: Map<Service, Trail>,
): Verdict {
  if (origin) return stopOf(origin, first, second) ?? 'arrived';
  // Accepted after its origin's list was read past its place.
  if (origins.some((one) => (second.get(one)?.written ?? 0) > 0)) return 'new';
  return { what: 'not-accepted', where: 'origin' };
}

async function trailsOf(ask: Ask, ids: string[]): Promise<Map<string, Map<Service, Trail>>> {
  const query = new URLSearchParams(ids.map((id): [string, string] => ['id', id]));
  const answers = await Promise.all(
    services.map(async (service) => ({
      service,
      items: (await insist<{ items: Trail[] }>(ask, service, `ops/trails?${query.toString()}`)).items,
    })),
  );
  const trails = new Map(ids.map((id) => [id, new Map<Service, Trail>()]));
  for (const { service, items } of answers)
    for (const trail of items) trails.get(trail.inputId)?.set(service, trail);
  return trails;
}
