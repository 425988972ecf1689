import type {
  AnswerWords,
  InputWords,
  Kind,
  LoopState,
  MessageWords,
  Origin,
  Outcome,
  ReasonWords,
  Relation,
  Role,
} from '#contracts';
import { unseal } from '#messaging';
import type { Key } from '#messaging';
import { CaseRow } from './case-row.js';
import type { Case } from './case.js';
import { TranslationBody } from './translation.js';

/** Why words are missing: they are on their way, or gone for good. */
type Missing = 'text not here yet' | 'text was erased';

export class TargetsView {
  acknowledgeBy!: string;
  answerBy!: string;
}

export class CaseInputView {
  inputId!: string;
  text?: string;
  missing?: Missing;
  name?: string;
  language!: string;
  role?: Role;
  kind!: Kind;
  origin!: Origin;
  anonymous!: boolean;
  reachable!: boolean;
  voices!: number;
  raisedAt!: string;
  heardAt?: string;
  onBehalfOf?: Relation;
  /** Only on behalf of another, with the words: whether that person agreed. False: they were not asked. */
  agreed?: boolean;
  linkedTo?: string;
  state!: LoopState;
}

export class ThreadView {
  at!: string;
  from!: 'originator' | 'team';
  by?: string;
  /** message, or the words with a confirmation, a dispute or a withdrawal. */
  what!: string;
  text?: string;
  missing?: Missing;
  language?: string;
  translations?: TranslationBody[];
  inputId!: string;
}

export class NoteView {
  at!: string;
  by!: string;
  text?: string;
  missing?: Missing;
}

export class HistoryView {
  at!: string;
  what!: string;
  by?: string;
  detail?: string;
  reason?: string;
}

export class GivenAnswerView {
  inputId!: string;
  answerNo!: number;
  outcome!: Outcome;
  text?: string;
  missing?: Missing;
  language!: string;
  translations?: TranslationBody[];
  shapedBy?: string;
  reason?: string;
  promiseDate?: string;
  handedTo?: string;
  answerRef?: string;
  decisionId?: string;
  at!: string;
  by!: string;
  deliveredAt?: string;
}

export class OtherTeamView {
  teamId!: string;
  name!: string;
}

/** One case, with the words that its team may read. */
export class CaseView extends CaseRow {
  targets?: TargetsView;
  inputs!: CaseInputView[];
  thread!: ThreadView[];
  notes!: NoteView[];
  history!: HistoryView[];
  answers!: GivenAnswerView[];
  /** What this person may do now. */
  allowed!: string[];
  /** The teams to which it can be transferred. */
  transferTo!: OtherTeamView[];
  version!: number;
}

/** The words of a case: unsealed where the key is here, else why not. */
export async function wordsOf(
  state: Case,
  keyOf: (inputId: string) => Promise<Key | undefined>,
): Promise<Pick<CaseView, 'inputs' | 'thread' | 'notes' | 'history' | 'answers'>> {
  const keys = new Map<string, Key>();
  for (const { inputId, erased } of state.inputs) {
    const key = erased ? undefined : await keyOf(inputId);
    if (key) keys.set(inputId, key);
  }
  const read = async <T extends object>(
    inputId: string,
    sealed: string | undefined,
  ): Promise<Partial<T> & { missing?: Missing }> => {
    const key = keys.get(inputId);
    if (!sealed) return { missing: 'text was erased' } as Partial<T> & { missing: Missing };
    if (!key) return { missing: 'text not here yet' } as Partial<T> & { missing: Missing };
    return unseal<T>(key, sealed);
  };
  const first = state.inputs[0]!.inputId;
  return {
    inputs: await Promise.all(
      state.inputs.map(
        async ({
          sealed,
          clock: _,
          answerNo: __,
          messageNo: ___,
          disputes: ____,
          erased: _____,
          ...input
        }) => ({
          ...input,
          ...(await read<InputWords>(input.inputId, sealed)),
        }),
      ),
    ),
    thread: await Promise.all(
      state.thread.map(async ({ sealed, ...entry }) => {
        const { text, reason, translations, missing } = await read<MessageWords & ReasonWords>(
          entry.inputId,
          sealed,
        );
        return { ...entry, text: text ?? reason, translations, missing };
      }),
    ),
    notes: await Promise.all(
      state.notes.map(async ({ at, by, inputId, sealed }) => ({
        at,
        by,
        ...(await read<{ text: string }>(inputId, sealed)),
      })),
    ),
    history: await Promise.all(
      state.history.map(async ({ sealed, ...entry }) =>
        sealed ? { ...entry, reason: (await read<ReasonWords>(first, sealed)).reason } : entry,
      ),
    ),
    answers: await Promise.all(
      state.answers.map(async ({ sealed, ...answer }) => ({
        ...answer,
        ...(await read<AnswerWords>(answer.inputId, sealed)),
      })),
    ),
  };
}
