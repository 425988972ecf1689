import { RuleBroken } from '#contracts';
import type { Case } from '../case.js';

/** What one case holds at most; the document that keeps it is bounded. */
export const most = { messages: 300, notes: 300, answers: 100, history: 2_000, sealed: 3_000_000 };

/** The document is bounded: words and lines of one case are, too. */
export function refuseWhenFull(state: Case, sealed: Record<string, string> = {}): void {
  const more = Object.values(sealed).reduce((sum, words) => sum + words.length, 0);
  if (state.sealedSize + more > most.sealed || state.history.length >= most.history) {
    throw new RuleBroken(
      'case',
      'size',
      'this case holds all that one case can hold; ask the person to raise a new input',
    );
  }
}
