import { useState } from 'react';
import { casework } from '../api/casework';
import { outcomes, owesShapedBy, participations, wordFor, type Outcome } from '../api/words';
import { useFormWords } from '../app/form-words';
import { Choices, Field, Radio, Select, Tick } from '../ui/form';
import { isoDay, languageName } from '../ui/time';
import { useSubmit } from '../ui/submit';
import { ActionFrame } from '../ui/action-frame';
import type { ActionProps } from './action-props';
import { check, onlyFor, owes, toBody, type AnswerDraft } from './answer-draft';

/** The answer: its outcome decides what else is owed; at consult or above it says how the input shaped it. */
export function AnswerForm({ one, etag, changed, cancel }: ActionProps) {
  const words = useFormWords();
  const waiting = one.inputs.filter((input) => input.state !== 'withdrawn');
  const [draft, setDraft] = useState<AnswerDraft>({
    outcome: '',
    text: '',
    language: 'en',
    translated: '',
    shapedBy: '',
    extra: '',
    inputIds: waiting.map((input) => input.inputId),
  });
  const set = (part: Partial<AnswerDraft>) => setDraft((before) => ({ ...before, ...part }));
  const theirs = waiting.find((input) => input.language && input.language !== draft.language)?.language;
  const shaped = owesShapedBy(one.participation);
  const owed = draft.outcome ? owes[draft.outcome] : undefined;
  const sending = useSubmit({
    check: (body: AnswerDraft) => check(body, shaped),
    send: (body: AnswerDraft, key) => casework.answer(one.caseId, toBody(body, one, theirs), etag, key),
    done: () =>
      changed('The answer is on its way. When it arrives, the originator is asked if it settles things.'),
  });
  const stale = sending.problem?.status === 412;
  return (
    <ActionFrame
      form="answer"
      title="Answer"
      of={sending}
      send={stale ? 'Send again' : 'Send the answer'}
      cancel={cancel}
      onSubmit={() => sending.submit(draft)}
    >
      {stale && (
        <p>Someone changed this case while you wrote. What you see is new now. Check it, then send again.</p>
      )}
      <Choices form="answer" name="outcome" label="Outcome" errors={sending.errors}>
        <div className="hb-tiles">
          {(Object.keys(outcomes) as Outcome[]).map((id) => {
            const kind = onlyFor[id];
            const off = kind !== undefined && kind !== one.kind;
            return (
              <Radio
                key={id}
                name="outcome"
                value={id}
                label={outcomes[id].name}
                says={off ? `Only for ${kind === 'offer' ? 'an offer' : 'praise'}.` : outcomes[id].says}
                disabled={off}
                checked={draft.outcome === id}
                onChange={() => set({ outcome: id, extra: '' })}
              />
            );
          })}
        </div>
      </Choices>
      {owed && (
        <Field form="answer" name={owed.field} label={owed.label} hint={owed.hint} errors={sending.errors}>
          {(control) =>
            owed.field === 'promiseDate' ? (
              <input
                className="usa-input"
                type="date"
                min={isoDay(new Date(Date.now() + 86_400_000))}
                {...control}
                value={draft.extra}
                onChange={(event) => set({ extra: event.target.value })}
              />
            ) : owed.field === 'reason' ? (
              <textarea
                className="usa-textarea hb-short"
                {...control}
                value={draft.extra}
                onChange={(event) => set({ extra: event.target.value })}
              />
            ) : (
              <input
                className="usa-input"
                type="text"
                {...control}
                value={draft.extra}
                onChange={(event) => set({ extra: event.target.value })}
              />
            )
          }
        </Field>
      )}
      <Field form="answer" name="language" label="Language of your answer" errors={sending.errors}>
        {(control) => (
          <Select
            control={control}
            value={draft.language}
            onChange={(language) => set({ language })}
            choices={words.languages}
            empty={null}
          />
        )}
      </Field>
      <Field
        form="answer"
        name="text"
        label="Your answer"
        hint="Plain words. What was done, or will be, and by whom."
        errors={sending.errors}
      >
        {(control) => (
          <textarea
            className="usa-textarea"
            {...control}
            lang={draft.language}
            value={draft.text}
            onChange={(event) => set({ text: event.target.value })}
          />
        )}
      </Field>
      {shaped && (
        <Field
          form="answer"
          name="shapedBy"
          label="How the input shaped this answer"
          hint={`Owed: this case is at "${wordFor(participations, one.participation).toLowerCase()}". It cannot be answered without it.`}
          errors={sending.errors}
        >
          {(control) => (
            <textarea
              className="usa-textarea hb-short"
              {...control}
              lang={draft.language}
              value={draft.shapedBy}
              onChange={(event) => set({ shapedBy: event.target.value })}
            />
          )}
        </Field>
      )}
      {theirs && (
        <Field
          form="answer"
          name="translations"
          label={`The answer in ${languageName(theirs)}`}
          hint="The originator wrote in this language. A person's translation is best."
          optional
          errors={sending.errors}
        >
          {(control) => (
            <textarea
              className="usa-textarea"
              {...control}
              lang={theirs}
              dir="auto"
              value={draft.translated}
              onChange={(event) => set({ translated: event.target.value })}
            />
          )}
        </Field>
      )}
      {waiting.length > 1 && (
        <Choices form="answer" name="inputIds" label="Who gets this answer?" errors={sending.errors}>
          {waiting.map((input, n) => (
            <Tick
              key={input.inputId}
              name="inputIds"
              value={input.inputId}
              label={`Input ${n + 1}: ${(input.text ?? '').slice(0, 60)}`}
              checked={draft.inputIds.includes(input.inputId)}
              onChange={(on) =>
                set({
                  inputIds: on
                    ? [...draft.inputIds, input.inputId]
                    : draft.inputIds.filter((id) => id !== input.inputId),
                })
              }
            />
          ))}
        </Choices>
      )}
    </ActionFrame>
  );
}
