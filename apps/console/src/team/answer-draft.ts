import type { AnswerBody, CaseDetail } from '../api/casework';
import type { FieldError } from '../api/client';
import type { Kind, Outcome } from '../api/words';

/** What an outcome owes besides its text. */
export const owes: Partial<
  Record<
    Outcome,
    {
      field: 'reason' | 'promiseDate' | 'handedTo' | 'answerRef';
      label: string;
      hint: string;
      missing: string;
    }
  >
> = {
  declined: {
    field: 'reason',
    label: 'Why not?',
    hint: 'The originator reads the reason.',
    missing: 'Say why it is declined',
  },
  planned: {
    field: 'promiseDate',
    label: 'Promised by',
    hint: 'The case stays open. On this day the originator is told if you kept it.',
    missing: 'Give the date you promise',
  },
  'not ours': {
    field: 'handedTo',
    label: 'Who is responsible, and how to reach them',
    hint: 'Only for a body outside the district. Inside it, transfer the case.',
    missing: 'Say who is responsible and how to reach them',
  },
  'already answered': {
    field: 'answerRef',
    label: 'Id of the input whose answer settles this',
    hint: 'Only an input whose answer this originator can read.',
    missing: 'Give the id of the input that was answered',
  },
};
/** Outcomes that fit one kind of input alone. */
export const onlyFor: Partial<Record<Outcome, Kind>> = { matched: 'offer', thanked: 'praise' };

export interface AnswerDraft {
  outcome: Outcome | '';
  text: string;
  language: string;
  translated: string;
  shapedBy: string;
  extra: string;
  inputIds: string[];
}

export function check(draft: AnswerDraft, shaped: boolean): FieldError[] {
  const wrong: FieldError[] = [];
  if (!draft.outcome) wrong.push({ field: 'outcome', message: 'Choose the outcome' });
  const owed = draft.outcome ? owes[draft.outcome] : undefined;
  if (owed && !draft.extra.trim()) wrong.push({ field: owed.field, message: owed.missing });
  if (!draft.text.trim()) wrong.push({ field: 'text', message: 'Write the answer' });
  if (shaped && !draft.shapedBy.trim())
    wrong.push({ field: 'shapedBy', message: 'Say how the input shaped this answer' });
  if (draft.inputIds.length === 0) wrong.push({ field: 'inputIds', message: 'Choose who gets the answer' });
  return wrong;
}

/** What the service takes: what is not owed and not written is left out. */
export function toBody(draft: AnswerDraft, one: CaseDetail, theirs: string | undefined): AnswerBody {
  const outcome = draft.outcome as Outcome;
  const owed = owes[outcome];
  const all = one.inputs.filter((input) => input.state !== 'withdrawn').length;
  return {
    outcome,
    text: draft.text.trim(),
    language: draft.language,
    ...(draft.shapedBy.trim() && { shapedBy: draft.shapedBy.trim() }),
    ...(owed && { [owed.field]: draft.extra.trim() }),
    ...(theirs &&
      draft.translated.trim() && {
        translations: [{ language: theirs, text: draft.translated.trim(), by: 'person' as const }],
      }),
    ...(draft.inputIds.length < all && { inputIds: draft.inputIds }),
  };
}
