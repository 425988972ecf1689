import type { InputWords } from '#contracts';
import type { Loaded } from '#messaging';
import { LoopView, reader, viewLoop } from '#origin';
import { reportBackDue } from './concern.js';
import type { Concern } from './concern.js';

export class ConcernView extends LoopView {
  text!: string;
  language!: string;
  /** References of the families that it stands for. */
  families!: string[];
  /** When the representative owes the families the newest answer; absent once it is delivered. */
  reportBackBy?: string;
}

/** A concern in words; they are empty once it is erased. */
export async function viewConcern(concern: Loaded<Concern>): Promise<ConcernView> {
  const { loop, families } = concern.state;
  const { text = '' } = await reader(concern.secret)<InputWords>(loop.sealed);
  const reportBackBy = reportBackDue(concern.state);
  return {
    ...(await viewLoop(concern)),
    ...{ text, language: loop.language, families },
    ...(reportBackBy && { reportBackBy }),
  };
}
