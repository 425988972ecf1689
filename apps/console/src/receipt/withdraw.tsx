import { useState } from 'react';
import { intake } from '../api/intake';
import { Button } from '../ui/button';
import { ErrorSummary, Field } from '../ui/form';
import { useSubmit } from '../ui/submit';

/** Taking an input back: two steps, so that no slip of a finger does it. */
export function Withdraw({ code, changed }: { code: string; changed: (what: string) => void }) {
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState('');
  const sending = useSubmit({
    send: (body: { why?: string }) => intake.withdraw(code, body),
    done: () => {
      setOpen(false);
      changed('You took your input back. The team stops its work on it.');
    },
  });
  if (!open) {
    return (
      <Button look="plain" onClick={() => setOpen(true)}>
        Take this input back
      </Button>
    );
  }
  return (
    <form
      noValidate
      className="hb-inset"
      onSubmit={(event) => {
        event.preventDefault();
        sending.submit(why.trim() ? { why: why.trim() } : {});
      }}
    >
      <ErrorSummary form="withdraw" of={sending} />
      <p>The team stops, and you get no answer. It still counts as one input. You cannot undo this.</p>
      <Field form="withdraw" name="why" label="Why?" optional errors={sending.errors}>
        {(control) => (
          <input
            className="usa-input"
            type="text"
            {...control}
            value={why}
            onChange={(event) => setWhy(event.target.value)}
          />
        )}
      </Field>
      <div className="hb-actions">
        <Button type="submit" pending={sending.pending}>
          Yes, take it back
        </Button>
        <Button look="outline" onClick={() => setOpen(false)}>
          Keep it
        </Button>
      </div>
    </form>
  );
}
