import { readdirSync } from 'node:fs';
import type { Scenario } from './scenario.js';

const folder = new URL('../scenarios/', import.meta.url);

/** In this order, the quickest to fail first; what is not named here comes last. */
const order = ['models', 'interleavings', 'seeded-bugs', 'crash-points', 'kill-service', 'zombie'];

/** Every file NAME.scenario.ts of the folder scenarios. */
export async function scenarios(): Promise<Scenario[]> {
  const found: Scenario[] = [];
  for (const file of readdirSync(folder)
    .filter((one) => one.endsWith('.scenario.js'))
    .sort()) {
    const { scenario } = (await import(new URL(file, folder).href)) as { scenario: Scenario };
    found.push(scenario);
  }
  const place = ({ name }: Scenario): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return found.sort((a, b) => place(a) - place(b));
}
