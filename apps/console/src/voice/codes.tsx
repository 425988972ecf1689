import { useState } from 'react';
import { voice, type SessionDetail } from '../api/voice';
import { Button } from '../ui/button';
import { ErrorSummary, Field } from '../ui/form';
import { Notice } from '../ui/notice';
import { Part } from '../ui/page';
import { useSubmit } from '../ui/submit';

/** One code a participant; shown once, when they are made. */
export function Codes({ session, changed }: { session: SessionDetail; changed: (what: string) => void }) {
  const [count, setCount] = useState('10');
  const [codes, setCodes] = useState<string[]>([]);
  const sending = useSubmit({
    check: (body: number) =>
      Number.isInteger(body) && body >= 1 && body <= 200
        ? []
        : [{ field: 'count', message: 'Give a number from 1 to 200' }],
    send: (body: number, key) => voice.issueCodes(session.sessionId, body, key),
    done: (issued) => {
      setCodes(issued.codes);
      changed('The codes are made. Print or copy them now.');
    },
  });
  const over = new Date(session.closesAt).getTime() < Date.now() ? 'The session is over.' : undefined;
  return (
    <Part title="Codes for the group" id="codes" tone="soft">
      <p>
        {session.codesIssued ?? 0} codes so far. Each opens the questions once, at{' '}
        <strong>{`${window.location.host}/voice/join`}</strong>.
      </p>
      {codes.length > 0 && (
        <>
          <Notice tone="warning" title="Shown only now">
            Give one code to each participant.
          </Notice>
          <ul className="hb-codes" aria-label="New codes">
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
          <Button look="outline" onClick={() => window.print()}>
            Print the codes
          </Button>
        </>
      )}
      <ErrorSummary form="codes" of={sending} />
      <form
        noValidate
        className="hb-noprint"
        onSubmit={(event) => {
          event.preventDefault();
          if (!over) sending.submit(Number(count));
        }}
      >
        <Field form="codes" name="count" label="How many more?" errors={sending.errors}>
          {(control) => (
            <input
              className="usa-input usa-input--small"
              type="text"
              inputMode="numeric"
              {...control}
              value={count}
              onChange={(event) => setCount(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="outline" pending={sending.pending} because={over}>
          Make codes
        </Button>
      </form>
    </Part>
  );
}
