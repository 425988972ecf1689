import { useState } from 'react';
import { casework } from '../api/casework';
import { Field } from '../ui/form';
import { useSubmit } from '../ui/submit';
import { ActionFrame, owed } from '../ui/action-frame';
import type { ActionProps } from './action-props';

/** A note for the team alone. */
export function NoteForm({ one, changed, cancel }: ActionProps) {
  const [text, setText] = useState('');
  const sending = useSubmit({
    check: (body: string) => owed('text', body, 'Write the note'),
    send: (body: string) => casework.note(one.caseId, body),
    done: () => changed('The note is added.'),
  });
  return (
    <ActionFrame
      form="note"
      title="Add a note"
      of={sending}
      send="Add note"
      cancel={cancel}
      onSubmit={() => sending.submit(text.trim())}
    >
      <Field
        form="note"
        name="text"
        label="Note"
        hint="For your team only. It is never sent to anyone."
        errors={sending.errors}
      >
        {(control) => (
          <textarea
            className="usa-textarea"
            {...control}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
    </ActionFrame>
  );
}
