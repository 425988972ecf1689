import type { KnownInput } from './lists.js';
import type { Load } from './load.js';
import type { Ask } from './patient.js';

interface Report {
  total: { counts: Record<string, number>; voices: number };
  groups: { key: string; counts?: Record<string, number> }[];
}

/** The closed-loop report against counts made here of single loops, and of what people remember. */
export async function checkReport(
  ask: Ask,
  load: Load,
  ledger: ReadonlyMap<string, KnownInput>,
): Promise<string[]> {
  const { body } = await ask<Report>('GET', '/api/reporting/closed-loop?org=00417&by=origin', {
    auth: await load.tokens('leader'),
  });
  const counted: Record<string, number> = { open: 0, closed: 0 };
  for (const { state, open } of ledger.values()) {
    counted[open ? 'open' : 'closed']! += 1;
    if (state !== 'raised') counted[state] = (counted[state] ?? 0) + 1;
  }
  counted['raised'] = ledger.size;
  const broken: string[] = [];
  const { counts, voices } = body.total;
  for (const name of new Set([...Object.keys(counts), ...Object.keys(counted)]))
    if ((counts[name] ?? 0) !== (counted[name] ?? 0))
      broken.push(`report: ${counts[name]} ${name}, and counting the loops gives ${counted[name] ?? 0}`);
  const remembered = load.walks.reduce((sum, { originator }) => sum + originator.voices, 0);
  if (voices !== remembered) broken.push(`report: ${voices} voices, and ${remembered} spoke up`);
  for (const { key, counts: its } of body.groups) {
    const spoke = load.walks.filter(({ originator }) => originator.origin === key).length;
    if (its && its['raised'] !== spoke)
      broken.push(`report: ${its['raised']} raised by ${key}, and ${spoke} spoke up there`);
  }
  return broken;
}
