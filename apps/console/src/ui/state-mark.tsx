import { loopStates, type LoopState } from '../api/words';

/** How far a loop is, as a shape and a word: colour never stands alone. */
const tones: Record<LoopState, { className: string; shape: string }> = {
  raised: { className: 'hb-state hb-state--wait', shape: '○' },
  routed: { className: 'hb-state hb-state--wait', shape: '◔' },
  acknowledged: { className: 'hb-state hb-state--work', shape: '◑' },
  answered: { className: 'hb-state hb-state--work', shape: '◕' },
  delivered: { className: 'hb-state hb-state--work', shape: '●' },
  promised: { className: 'hb-state hb-state--work', shape: '◇' },
  disputed: { className: 'hb-state hb-state--stop', shape: '↺' },
  confirmed: { className: 'hb-state hb-state--good', shape: '✓' },
  unconfirmed: { className: 'hb-state hb-state--wait', shape: '?' },
  unsettled: { className: 'hb-state hb-state--stop', shape: '✕' },
  withdrawn: { className: 'hb-state hb-state--wait', shape: '–' },
};

export function StateMark({ state }: { state: LoopState }) {
  const tone = tones[state] ?? tones.raised;
  return (
    <span className={tone.className}>
      <span aria-hidden="true">{tone.shape}</span> {loopStates[state]?.name ?? state}
    </span>
  );
}
