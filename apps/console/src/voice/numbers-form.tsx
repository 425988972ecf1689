import { useState, type ReactNode } from 'react';
import type { FieldError } from '../api/client';
import type { ReplyNumbers } from '../api/voice';
import { Button } from '../ui/button';
import { ErrorSummary, Field } from '../ui/form';
import { useSubmit } from '../ui/submit';

/** How many said yes, no, or nothing; they add up to those the input stands for. */
export function NumbersForm({
  form,
  title,
  inputId,
  answerNo,
  of,
  send,
  done,
  given,
  children,
}: {
  form: string;
  title: string;
  inputId: string;
  answerNo: number;
  of: number;
  send: (body: ReplyNumbers, key: string) => Promise<unknown>;
  done: () => void;
  /** They were given for this answer: the form is for correcting them. */
  given: boolean;
  children?: (errors: FieldError[]) => ReactNode;
}) {
  const [yes, setYes] = useState('');
  const [no, setNo] = useState('');
  const [reason, setReason] = useState('');
  const said = Number(yes || 0) + Number(no || 0);
  const noReply = of - said;
  const sending = useSubmit({
    check: (body: ReplyNumbers) => [
      ...(isCount(body.yes) ? [] : [{ field: 'yes', message: 'Give the number of people who said yes' }]),
      ...(isCount(body.no) ? [] : [{ field: 'no', message: 'Give the number of people who said no' }]),
      ...(isCount(body.yes) && isCount(body.no) && body.noReply < 0
        ? [{ field: 'yes', message: `Yes and no together are more than the ${of} this stands for` }]
        : []),
      ...(body.no > 0 && !body.reason
        ? [{ field: 'reason', message: 'Say in their words why some said no' }]
        : []),
    ],
    send,
    done,
  });
  const fields = (
    <form
      noValidate
      className="hb-inset"
      onSubmit={(event) => {
        event.preventDefault();
        sending.submit({
          inputId,
          answerNo,
          yes: Number(yes || Number.NaN),
          no: Number(no || Number.NaN),
          noReply,
          ...(reason.trim() && { reason: reason.trim() }),
        });
      }}
    >
      <h3>{title}</h3>
      <ErrorSummary form={form} of={sending} />
      {children?.(sending.errors)}
      <div className="hb-three">
        {(
          [
            ['yes', 'Yes, settled', yes, setYes],
            ['no', 'No', no, setNo],
          ] as const
        ).map(([name, label, value, set]) => (
          <Field key={name} form={form} name={name} label={label} errors={sending.errors}>
            {(control) => (
              <input
                className="usa-input"
                type="text"
                inputMode="numeric"
                {...control}
                value={value}
                onChange={(event) => set(event.target.value)}
              />
            )}
          </Field>
        ))}
        <p className="hb-noreply" role="status">
          <strong>No reply</strong>
          <span>{Number.isFinite(noReply) && noReply >= 0 ? `${noReply} of ${of}` : '–'}</span>
        </p>
      </div>
      <Field
        form={form}
        name="reason"
        label="Why some said no"
        hint="It always reaches the team. Leave out names."
        optional={Number(no || 0) === 0}
        errors={sending.errors}
      >
        {(control) => (
          <textarea
            className="usa-textarea hb-short"
            {...control}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" pending={sending.pending}>
        Report the numbers
      </Button>
    </form>
  );
  if (!given) return fields;
  return (
    <details className="hb-fold">
      <summary>Correct these numbers</summary>
      {fields}
    </details>
  );
}

const isCount = (n: number) => Number.isInteger(n) && n >= 0;
