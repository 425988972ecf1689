import { parseArgs } from 'node:util';

/** The figures of docs/performance.md, in the order in which they are measured. */
export const figures = {
  accept: async () => (await import('./accept.mjs')).accept,
  backlog: async () => (await import('./backlog.mjs')).backlog,
  effects: async () => (await import('./effects.mjs')).effects,
  chain: async () => (await import('./chain.mjs')).chain,
  visible: async () => (await import('./visible.mjs')).visible,
  burst: async () => (await import('./burst.mjs')).burst,
  peer: async () => (await import('./peer.mjs')).peer,
  idle: async () => (await import('./idle.mjs')).idle,
  heap: async () => (await import('./heap.mjs')).heap,
  roster: async () => (await import('./roster.mjs')).roster,
  rebuild: async () => (await import('./rebuild.mjs')).rebuild,
};

/** What the command line asks for. @throws Error for a figure or an option that there is not. */
export function asked(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, profile: { type: 'boolean' } },
  });
  const unknown = positionals.find((name) => !(name in figures));
  if (unknown)
    throw new Error(`There is no figure '${unknown}': take some of ${Object.keys(figures).join(', ')}`);
  return { names: positionals.length > 0 ? positionals : Object.keys(figures), ...values };
}
