import { useState } from 'react';
import { casework } from '../api/casework';
import { useFormWords } from '../app/form-words';
import { Field, Select, Tick } from '../ui/form';
import { useSubmit } from '../ui/submit';
import { ActionFrame, owed } from '../ui/action-frame';
import type { ActionProps } from './action-props';

type MessageBody = Parameters<typeof casework.message>[1];

/** A message to one originator, or to all of the case. */
export function MessageForm({ one, changed, cancel }: ActionProps) {
  const words = useFormWords();
  const [text, setText] = useState('');
  const [language, setLanguage] = useState('en');
  const [waits, setWaits] = useState(false);
  const [to, setTo] = useState(one.inputs.length > 1 ? 'all' : (one.inputs[0]?.inputId ?? ''));
  const sending = useSubmit({
    check: (body: MessageBody) => owed('text', body.text, 'Write your message'),
    send: (body: MessageBody) => casework.message(one.caseId, body),
    done: () => changed('Your message is on its way.'),
  });
  return (
    <ActionFrame
      form="message"
      title="Write to the originator"
      of={sending}
      send="Send message"
      cancel={cancel}
      onSubmit={() =>
        sending.submit({
          text: text.trim(),
          language,
          ...(to === 'all' ? { toAll: true } : { inputId: to }),
          ...(waits && { waitForReply: true }),
        })
      }
    >
      {one.inputs.length > 1 && (
        <Field form="message" name="inputId" label="To" errors={sending.errors}>
          {(control) => (
            <Select
              control={control}
              value={to}
              onChange={setTo}
              empty={null}
              choices={[
                { id: 'all', name: `All ${one.inputs.length} originators` },
                ...one.inputs.map((input, n) => ({
                  id: input.inputId,
                  name: `Input ${n + 1}: ${(input.text ?? '').slice(0, 40)}`,
                })),
              ]}
            />
          )}
        </Field>
      )}
      <Field form="message" name="language" label="Language" errors={sending.errors}>
        {(control) => (
          <Select
            control={control}
            value={language}
            onChange={setLanguage}
            choices={words.languages}
            empty={null}
          />
        )}
      </Field>
      <Field form="message" name="text" label="Message" errors={sending.errors}>
        {(control) => (
          <textarea
            className="usa-textarea"
            {...control}
            lang={language}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Tick
        name="waitForReply"
        value="yes"
        label="We need their reply to go on"
        says="The clock stops until they write."
        checked={waits}
        onChange={setWaits}
      />
    </ActionFrame>
  );
}
