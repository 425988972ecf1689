import type { Outcome, ReplyNumbers } from '#contracts';

/** One answer of a loop; `at` and `outcome` are unknown until casework's own event is here. Instants in epoch ms. */
export interface Answer {
  answerNo: number;
  outcome?: Outcome;
  at?: number;
  reachedAt?: number;
  /** The originator's last word on it. */
  word?: 'yes' | 'no' | 'partly';
  replies?: ReplyNumbers;
  unconfirmed?: 'silent' | 'unreached';
  /** When the last word came, or silence closed it. */
  endedAt?: number;
  /** Silence closed it after its originator was erased: whatever the team took back, nobody is there to hear more. */
  endedErased?: boolean;
  /** When the loop was opened again after it, by whom ever. */
  reopenedAt?: number;
  /** A person of the team took it back. */
  takenBack: boolean;
}
