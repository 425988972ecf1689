import type { ImportState, RosterImport, SourceKind } from '../api/roster';

interface Look {
  name: string;
  says: string;
  tone: 'wait' | 'work' | 'good' | 'stop';
  shape: string;
}

export const importStates: Record<ImportState, Look> = {
  received: {
    name: 'Being read',
    says: 'Its rows are read. Nothing has changed yet.',
    tone: 'work',
    shape: '◔',
  },
  previewed: {
    name: 'Waits for you',
    says: 'Nothing has changed yet. Look at what it would do, then apply it or let it go.',
    tone: 'stop',
    shape: '?',
  },
  held: {
    name: 'Held',
    says: 'It would do what must not happen unseen. The roster is as it was before.',
    tone: 'stop',
    shape: '!',
  },
  applying: {
    name: 'Being applied',
    says: 'Readers see it. The services are being told.',
    tone: 'work',
    shape: '◑',
  },
  applied: { name: 'Applied', says: 'The roster is what it brought.', tone: 'good', shape: '✓' },
  discarded: { name: 'Let go', says: 'Nothing has changed.', tone: 'wait', shape: '–' },
  failed: { name: 'Failed', says: 'Nothing has changed.', tone: 'stop', shape: '✕' },
};

/** Whether somebody's word is owed. */
export const waits = (state: ImportState): boolean => state === 'held' || state === 'previewed';
/** Whether it goes on by itself. */
export const isAtWork = (state: ImportState): boolean => state === 'received' || state === 'applying';

/** How far an import is that is at work. */
export function progressOf({ progress }: RosterImport): string {
  if (!progress) return '';
  const { step, file = '', done, all = 1 } = progress;
  if (step === 'reading') return `Reading ${file}: ${done.toLocaleString('en-US')} rows so far.`;
  const part = `${Math.round((done / all) * 100)} % done.`;
  if (step === 'settling') return `Comparing ${file} with what was known: ${part}`;
  if (step === 'people') return `Bringing together what is said of each person: ${part}`;
  return `Telling the services: ${part}`;
}

export function ImportMark({ state }: { state: ImportState }) {
  const { name, tone, shape } = importStates[state];
  return (
    <span className={`hb-state hb-state--${tone}`}>
      <span aria-hidden="true">{shape}</span> {name}
    </span>
  );
}

export const sourceKinds: Record<SourceKind, string> = {
  upload: 'Files sent by hand',
  folder: 'Watched folder',
  'oneroster-rest': 'OneRoster service',
  'ed-fi': 'Ed-Fi service',
};
