import { useState } from 'react';
import { useNavigate } from 'react-router';
import { roster, type RosterImport, type Verdict } from '../api/roster';
import { ActionFrame, owed } from '../ui/action-frame';
import { Button } from '../ui/button';
import { Field } from '../ui/form';
import { useSubmit } from '../ui/submit';
import { waits } from './import-state';

const words: Record<Verdict, { button: string; title: string; hint: string; done: string }> = {
  apply: {
    button: 'Apply it',
    title: 'Apply this import',
    hint: 'Say why it is right. It is kept with the import.',
    done: 'Your word is kept with the import.',
  },
  discard: {
    button: 'Let it go',
    title: 'Let this import go',
    hint: 'Say why. The roster stays as it is.',
    done: 'It is let go. The roster is as it was.',
  },
  'roll-back': {
    button: 'Bring this roster back',
    title: 'Bring back the roster as this import left it',
    hint: 'Say why. It becomes an import of its own, so this can be undone too.',
    done: '',
  },
};

/** A person's word on an import that waits, and the way back to one that was applied. */
export function Decide({ one, changed }: { one: RosterImport; changed: (what: string) => void }) {
  const [verdict, setVerdict] = useState<Verdict>();
  const verdicts: Verdict[] = waits(one.state)
    ? ['apply', 'discard']
    : one.state === 'applied'
      ? ['roll-back']
      : [];
  if (verdicts.length === 0) return null;
  if (verdict && verdicts.includes(verdict))
    return (
      <WhyForm
        key={verdict}
        importId={one.importId}
        verdict={verdict}
        changed={changed}
        cancel={() => setVerdict(undefined)}
      />
    );
  return (
    <div className="hb-actions hb-decide">
      {verdicts.map((each, n) => (
        <Button
          key={each}
          look={n === 0 && each === 'apply' ? 'solid' : 'outline'}
          onClick={() => setVerdict(each)}
        >
          {words[each].button}
        </Button>
      ))}
    </div>
  );
}

function WhyForm({
  importId,
  verdict,
  changed,
  cancel,
}: {
  importId: string;
  verdict: Verdict;
  changed: (what: string) => void;
  cancel: () => void;
}) {
  const navigate = useNavigate();
  const [why, setWhy] = useState('');
  const { button, title, hint, done } = words[verdict];
  const sending = useSubmit({
    check: (body: string) => owed('why', body, 'Say why'),
    send: (body: string, key) => roster.say(importId, verdict, body, key),
    done: (told) => {
      changed(done);
      cancel();
      if (verdict === 'roll-back') void navigate(`/roster/imports/${told.importId}`);
    },
  });
  return (
    <section className="hb-part hb-part--strong" aria-labelledby="decide-title">
      <ActionFrame
        form="decide"
        title={title}
        of={sending}
        send={button}
        cancel={cancel}
        onSubmit={() => sending.submit(why.trim())}
      >
        <Field form="decide" name="why" label="Why" hint={hint} errors={sending.errors}>
          {(control) => (
            <input
              className="usa-input"
              type="text"
              maxLength={500}
              {...control}
              value={why}
              onChange={(event) => setWhy(event.target.value)}
            />
          )}
        </Field>
      </ActionFrame>
    </section>
  );
}
