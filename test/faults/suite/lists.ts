import type { Tokens } from './origins.js';
import type { Ask } from './patient.js';

export interface KnownInput {
  inputId: string;
  state: string;
  open: boolean;
}

export interface ParkedItem {
  id: string;
  service: string;
  kind: string;
  type?: string;
  key?: string;
  reason: string;
}

interface Page<T> {
  items: T[];
  next?: string;
}

/** Every input that a service knows, by id. One that it has twice is in a state that nobody else has it in. */
export async function known(ask: Ask, tokens: Tokens, service: string): Promise<Map<string, KnownInput>> {
  const auth = await tokens('it');
  const all = await pages(async (after) => {
    const query = new URLSearchParams({ limit: '1000', ...(after && { after }) });
    const reply = await ask<Page<KnownInput>>('GET', `/api/${service}/ops/inputs?${query.toString()}`, {
      auth,
    });
    return reply.body;
  });
  const byId = new Map<string, KnownInput>();
  for (const one of all) {
    const twin = byId.get(one.inputId);
    byId.set(one.inputId, twin ? { ...one, state: `${twin.state}, and again ${one.state}` } : one);
  }
  return byId;
}

/** Everything that is parked and not discarded, in all services: all of them must answer. */
export async function parked(ask: Ask, tokens: Tokens): Promise<ParkedItem[]> {
  const auth = await tokens('it');
  return pages(async (cursor) => {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) });
    for (;;) {
      const { body } = await ask<Page<ParkedItem> & { unreachable?: string[] }>(
        'GET',
        `/api/ops/parked?${query.toString()}`,
        { auth },
      );
      if (!body.unreachable) return body;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
}

async function pages<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await read(next);
    all.push(...page.items);
    next = page.next;
  } while (next);
  return all;
}
