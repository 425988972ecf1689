import { useState } from 'react';
import { casework, type AnswerBody, type CaseDetail } from '../api/casework';
import type { FieldError } from '../api/client';
import { outcomes, owesShapedBy, participations, wordFor, type Kind, type Outcome } from '../api/words';
import { useFormWords } from '../app/form-words';
import { Choices, Field, Radio, Select, Tick } from '../ui/form';
import { isoDay, languageName } from '../ui/time';
import { useSubmit } from '../ui/submit';
import { ActionFrame, type ActionProps } from './action-forms';

/** What an outcome owes besides its text. */
const owes: Partial<Record<Outcome, { field: 'reason' | 'promiseDate' | 'handedTo' | 'answerRef'; label: string; hint: string; missing: string }>> = {
  declined: { field: 'reason', label: 'Why not?', hint: 'The originator reads the reason.', missing: 'Say why it is declined' },
  planned: { field: 'promiseDate', label: 'Promised by', hint: 'The case stays open. On this day the originator is told if you kept it.', missing: 'Give the date you promise' },
  'not ours': { field: 'handedTo', label: 'Who is responsible, and how to reach them', hint: 'Only for a body outside the district. Inside it, transfer the case.', missing: 'Say who is responsible and how to reach them' },
  'already answered': { field: 'answerRef', label: 'Id of the input whose answer settles this', hint: 'Only an input whose answer this originator can read.', missing: 'Give the id of the input that was answered' },
};
const onlyFor: Partial<Record<Outcome, Kind>> = { matched: 'offer', thanked: 'praise' };

interface Draft {
  outcome: Outcome | '';
  text: string;
  language: string;
  translated: string;
  shapedBy: string;
  extra: string;
  inputIds: string[];
}

/** The answer: its outcome decides what else is owed; at consult or above it says how the input shaped it. */
export function AnswerForm({ one, etag, changed, cancel }: ActionProps) {
  const words = useFormWords();
  const waiting = one.inputs.filter((input) => input.state !== 'withdrawn');
  const [draft, setDraft] = useState<Draft>({ outcome: '', text: '', language: 'en', translated: '', shapedBy: '', extra: '', inputIds: waiting.map((input) => input.inputId) });
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const theirs = waiting.find((input) => input.language && input.language !== draft.language)?.language;
  const shaped = owesShapedBy(one.participation);
  const owed = draft.outcome ? owes[draft.outcome] : undefined;
  const sending = useSubmit({
    check: (body: Draft) => check(body, shaped),
    send: (body: Draft, key) => casework.answer(one.caseId, toBody(body, one, theirs), etag, key),
    done: () => changed('The answer is on its way. When it arrives, the originator is asked if it settles things.'),
  });
  const stale = sending.problem?.status === 412;
  return (
    <ActionFrame form="answer" title="Answer" of={sending} send={stale ? 'Send again' : 'Send the answer'} cancel={cancel} onSubmit={() => sending.submit(draft)}>
      {stale && <p>Someone changed this case while you wrote. What you see is new now. Check it, then send again.</p>}
      <Choices form="answer" name="outcome" label="Outcome" errors={sending.errors}>
        <div className="hb-tiles">
          {(Object.keys(outcomes) as Outcome[]).map((id) => {
            const kind = onlyFor[id];
            const off = kind !== undefined && kind !== one.kind;
            return (
              <Radio key={id} name="outcome" value={id} label={outcomes[id].name} says={off ? `Only for ${kind === 'offer' ? 'an offer' : 'praise'}.` : outcomes[id].says} disabled={off} checked={draft.outcome === id} onChange={() => set({ outcome: id, extra: '' })} />
            );
          })}
        </div>
      </Choices>
      {owed && (
        <Field form="answer" name={owed.field} label={owed.label} hint={owed.hint} errors={sending.errors}>
          {(control) =>
            owed.field === 'promiseDate' ? (
              <input className="usa-input" type="date" min={isoDay(new Date(Date.now() + 86_400_000))} {...control} value={draft.extra} onChange={(event) => set({ extra: event.target.value })} />
            ) : owed.field === 'reason' ? (
              <textarea className="usa-textarea hb-short" {...control} value={draft.extra} onChange={(event) => set({ extra: event.target.value })} />
            ) : (
              <input className="usa-input" type="text" {...control} value={draft.extra} onChange={(event) => set({ extra: event.target.value })} />
            )
          }
        </Field>
      )}
      <Field form="answer" name="language" label="Language of your answer" errors={sending.errors}>
        {(control) => <Select control={control} value={draft.language} onChange={(language) => set({ language })} choices={words.languages} empty={null} />}
      </Field>
      <Field form="answer" name="text" label="Your answer" hint="Plain words. What was done, or will be, and by whom." errors={sending.errors}>
        {(control) => <textarea className="usa-textarea" {...control} lang={draft.language} value={draft.text} onChange={(event) => set({ text: event.target.value })} />}
      </Field>
      {shaped && (
        <Field form="answer" name="shapedBy" label="How the input shaped this answer" hint={`Owed: this case is at "${wordFor(participations, one.participation).toLowerCase()}". It cannot be answered without it.`} errors={sending.errors}>
          {(control) => <textarea className="usa-textarea hb-short" {...control} lang={draft.language} value={draft.shapedBy} onChange={(event) => set({ shapedBy: event.target.value })} />}
        </Field>
      )}
      {theirs && (
        <Field form="answer" name="translations" label={`The answer in ${languageName(theirs)}`} hint="The originator wrote in this language. A person's translation is best." optional errors={sending.errors}>
          {(control) => <textarea className="usa-textarea" {...control} lang={theirs} dir="auto" value={draft.translated} onChange={(event) => set({ translated: event.target.value })} />}
        </Field>
      )}
      {waiting.length > 1 && (
        <Choices form="answer" name="inputIds" label="Who gets this answer?" errors={sending.errors}>
          {waiting.map((input, n) => (
            <Tick key={input.inputId} name="inputIds" value={input.inputId} label={`Input ${n + 1}: ${(input.text ?? '').slice(0, 60)}`} checked={draft.inputIds.includes(input.inputId)} onChange={(on) => set({ inputIds: on ? [...draft.inputIds, input.inputId] : draft.inputIds.filter((id) => id !== input.inputId) })} />
          ))}
        </Choices>
      )}
    </ActionFrame>
  );
}

function check(draft: Draft, shaped: boolean): FieldError[] {
  const wrong: FieldError[] = [];
  if (!draft.outcome) wrong.push({ field: 'outcome', message: 'Choose the outcome' });
  const owed = draft.outcome ? owes[draft.outcome] : undefined;
  if (owed && !draft.extra.trim()) wrong.push({ field: owed.field, message: owed.missing });
  if (!draft.text.trim()) wrong.push({ field: 'text', message: 'Write the answer' });
  if (shaped && !draft.shapedBy.trim()) wrong.push({ field: 'shapedBy', message: 'Say how the input shaped this answer' });
  if (draft.inputIds.length === 0) wrong.push({ field: 'inputIds', message: 'Choose who gets the answer' });
  return wrong;
}

function toBody(draft: Draft, one: CaseDetail, theirs: string | undefined): AnswerBody {
  const outcome = draft.outcome as Outcome;
  const owed = owes[outcome];
  const all = one.inputs.filter((input) => input.state !== 'withdrawn').length;
  return {
    outcome,
    text: draft.text.trim(),
    language: draft.language,
    ...(draft.shapedBy.trim() && { shapedBy: draft.shapedBy.trim() }),
    ...(owed && { [owed.field]: draft.extra.trim() }),
    ...(theirs && draft.translated.trim() && { translations: [{ language: theirs, text: draft.translated.trim(), by: 'person' as const }] }),
    ...(draft.inputIds.length < all && { inputIds: draft.inputIds }),
  };
}
