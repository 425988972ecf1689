import type { Import } from '../imports/import.js';
import type { Source } from '../sources/source.js';

/** Something that somebody should look at; told once, however often it is found. */
export interface Alert {
  /** The same for the same event, so that it is sent once. */
  alertId: string;
  source: string;
  kind: 'held' | 'failed' | 'not-fetched' | 'overdue';
  subject: string;
  text: string;
  importId?: string;
  at: string;
}

/** @returns undefined for a stage that nobody need look at. */
export function alertOf({ name, sourceId }: Source, one: Import, at: string): Alert | undefined {
  const { importId, stage, problem, found } = one;
  if (stage === 'held') {
    const reasons = found!.holds.map(({ message }) => `- ${message}`).join('\n');
    return {
      alertId: `${importId}-held`,
      source: sourceId,
      kind: 'held',
      subject: `Roster import held: ${name}`,
      text: `An import from ${name} waits for somebody's word. The roster is as it was.\n\n${reasons}\n\nLook at import ${importId}, then apply or discard it.`,
      importId,
      at,
    };
  }
  if (stage !== 'failed') return undefined;
  return {
    alertId: `${importId}-failed`,
    source: sourceId,
    kind: 'failed',
    subject: `Roster import failed: ${name}`,
    text: `An import from ${name} failed, and nothing of it was applied.\n\n${problem ?? ''}`,
    importId,
    at,
  };
}

/** The first failure of a row of failures, and then one a day. */
export function notFetched({ name, sourceId }: Source, problem: string, at: string): Alert {
  return {
    alertId: `${sourceId}-not-fetched-${at.slice(0, 10)}`,
    source: sourceId,
    kind: 'not-fetched',
    subject: `Roster could not be fetched: ${name}`,
    text: `${name} gave no roster. The roster is as it was, and it is tried again.\n\n${problem}`,
    at,
  };
}

export function overdue({ name, sourceId }: Source, since: string, at: string): Alert {
  return {
    alertId: `${sourceId}-overdue-${at.slice(0, 10)}`,
    source: sourceId,
    kind: 'overdue',
    subject: `No new roster: ${name}`,
    text: `No import from ${name} was applied since ${since}.`,
    at,
  };
}
