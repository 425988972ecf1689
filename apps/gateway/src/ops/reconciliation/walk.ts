import { setTimeout as pause } from 'node:timers/promises';
import { origins } from '../../upstreams.js';
import type { Answer } from '../../upstreams.js';
import type { KnownInput, Service, Sighting } from './path.js';

/** Asks a service for a path under its ops, as the installation itself. */
export type Ask = (service: Service, path: string, post?: unknown) => Promise<Answer>;

/** Half a walk proves nothing: the run ends here and says why. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell';
}

const pageSize = 1_000;
/** Waits before a service that does not answer, or says "not right now", is asked again, in ms. */
const patience = [500, 2_000, 5_000];

/** The body of a good answer, after some patience. @throws CannotTell naming the service. */
export async function insist<T>(
  ask: Ask,
  service: Service,
  path: string,
  post?: unknown,
  waits: readonly number[] = patience,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask(service, path, post).catch((error: unknown) => error as Error);
    if (!(answer instanceof Error) && answer.status < 300) return answer.body as T;
    const passing = answer instanceof Error || answer.status === 429 || answer.status >= 500;
    if (!passing || attempt === waits.length) {
      const { detail, title } = (answer instanceof Error ? {} : (answer.body ?? {})) as Record<
        string,
        string
      >;
      const said =
        answer instanceof Error ? answer.message : `${answer.status} ${detail ?? title ?? ''}`.trim();
      throw new CannotTell(answer instanceof Error ? said : `${service} answers ${said}`);
    }
    await pause(waits[attempt]);
  }
}

/** By bytes, as the database orders ids. */
export function compareIds(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Every input that a service knows, in the order of ids, one page ahead of its reader.
 * @throws CannotTell when the service does not answer, or does not keep the order: then the lists cannot be laid side by side.
 */
export async function* walk(ask: Ask, service: Service, waits = patience): AsyncGenerator<KnownInput> {
  interface Page {
    items: KnownInput[];
    next?: string;
  }
  const fetchPage = (after?: string): Promise<Page> => {
    const query = new URLSearchParams({ limit: String(pageSize), ...(after && { after }) });
    const page = insist<Page>(ask, service, `ops/inputs?${query.toString()}`, undefined, waits);
    // Awaited later: until then its failure is nobody's.
    page.catch(() => undefined);
    return page;
  };
  let last: string | undefined;
  for (let coming: Promise<Page> | undefined = fetchPage(); coming;) {
    const { items, next }: Page = await coming;
    coming = next ? fetchPage(next) : undefined;
    for (const item of items) {
      if (last !== undefined && compareIds(last, item.inputId) >= 0)
        throw new CannotTell(`${service} lists ${item.inputId} after ${last}: not in the order of ids`);
      last = item.inputId;
      yield item;
    }
  }
}

/** Lays sorted lists side by side: every input once, with all that know it. Holds a page of each, whatever their length. */
export async function* sideBySide(
  lists: ReadonlyMap<Service, AsyncGenerator<KnownInput>>,
): AsyncGenerator<Sighting> {
  const heads = new Map<Service, KnownInput>();
  const advance = async (service: Service): Promise<void> => {
    const { value, done } = await lists.get(service)!.next();
    if (done) heads.delete(service);
    else heads.set(service, value);
  };
  await Promise.all([...lists.keys()].map(advance));
  while (heads.size > 0) {
    const [first] = [...heads.values()].map(({ inputId }) => inputId).sort(compareIds);
    const knownTo = new Map([...heads].filter(([, { inputId }]) => inputId === first));
    const origin = origins.find((one) => knownTo.has(one));
    yield { inputId: first!, knownTo, ...(origin && { origin }) };
    await Promise.all([...knownTo.keys()].map(advance));
  }
}
