import { useState } from 'react';
import type { FieldError } from '../api/client';
import { intake, type GivenAnswer, type Receipt } from '../api/intake';
import { Button } from '../ui/button';
import { Choices, ErrorSummary, Field, Radio } from '../ui/form';
import { useSubmit } from '../ui/submit';

type Word = 'confirm' | 'partly' | 'dispute';
interface Reply {
  word: Word | '';
  reason: string;
}

/** "Did this settle it?" The question belongs to the originator alone. */
export function Settle({
  receipt,
  answer,
  code,
  changed,
}: {
  receipt: Receipt;
  answer: GivenAnswer;
  code: string;
  changed: (what: string) => void;
}) {
  const [reply, setReply] = useState<Reply>({ word: '', reason: '' });
  const may = (word: Word) => receipt.allowed.includes(word);
  const planned = answer.outcome === 'planned';
  const sending = useSubmit({
    check: ({ word, reason }: Reply): FieldError[] => [
      ...(word ? [] : [{ field: 'word', message: 'Choose one of the answers' }]),
      ...((word === 'partly' || word === 'dispute') && !reason.trim()
        ? [
            {
              field: 'reason',
              message: word === 'partly' ? 'Say what is still missing' : 'Say why it is not settled',
            },
          ]
        : []),
    ],
    send: ({ word, reason }: Reply) =>
      word === 'confirm'
        ? intake.confirm(code, { answerNo: answer.answerNo })
        : intake.dispute(code, {
            answerNo: answer.answerNo,
            reason: reason.trim(),
            ...(word === 'partly' && { partly: true }),
          }),
    done: (_result, { word }) => {
      setReply({ word: '', reason: '' });
      changed(
        word === 'confirm'
          ? 'Thank you. You said it is settled.'
          : 'Thank you. It is open again, and the team is told what you wrote.',
      );
    },
  });
  const given = answer.yourWord?.word;
  // Saying the same again is allowed, and of no use to anyone.
  const offers = (word: Word) =>
    (may(word) || (word === 'partly' && may('dispute'))) &&
    !(word === 'confirm' && (given === 'confirmed' || given === 'plan-accepted'));
  if (!offers('confirm') && !offers('dispute')) return null;
  const needsReason = reply.word === 'partly' || reply.word === 'dispute';
  const question = planned ? 'Do you accept this plan?' : 'Did this settle it?';
  const form = (
    <>
      <ErrorSummary form="settle" of={sending} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          sending.submit(reply);
        }}
      >
        <Choices
          form="settle"
          name="word"
          label={given ? 'Your word now' : 'Your word'}
          hint={
            planned
              ? 'It stays open until the date either way.'
              : 'Only you can close this. If you say nothing, we never count it as a yes.'
          }
          errors={sending.errors}
        >
          <div className="hb-tiles hb-tiles--three">
            {offers('confirm') && (
              <Radio
                name="word"
                value="confirm"
                label={planned ? 'Yes, I accept it' : 'Yes, it is settled'}
                checked={reply.word === 'confirm'}
                onChange={() => setReply({ ...reply, word: 'confirm' })}
              />
            )}
            {offers('partly') && (
              <Radio
                name="word"
                value="partly"
                label="Partly"
                says="Something is still missing"
                checked={reply.word === 'partly'}
                onChange={() => setReply({ ...reply, word: 'partly' })}
              />
            )}
            {offers('dispute') && (
              <Radio
                name="word"
                value="dispute"
                label={planned ? 'No, I do not' : 'No, it is not settled'}
                checked={reply.word === 'dispute'}
                onChange={() => setReply({ ...reply, word: 'dispute' })}
              />
            )}
          </div>
        </Choices>
        {needsReason && (
          <Field
            form="settle"
            name="reason"
            label={reply.word === 'partly' ? 'What is still missing?' : 'Why not?'}
            hint="The team reads this."
            errors={sending.errors}
          >
            {(control) => (
              <textarea
                className="usa-textarea"
                {...control}
                dir="auto"
                value={reply.reason}
                onChange={(event) => setReply({ ...reply, reason: event.target.value })}
              />
            )}
          </Field>
        )}
        <Button type="submit" pending={sending.pending}>
          Tell the team
        </Button>
      </form>
    </>
  );
  if (given) {
    return (
      <details className="hb-fold hb-part">
        <summary>
          {given === 'confirmed' ? 'Did it come back? Tell the team' : 'Did you change your mind?'}
        </summary>
        {form}
      </details>
    );
  }
  return (
    <section className="hb-part hb-part--strong" aria-labelledby="settle">
      <h2 id="settle">{question}</h2>
      {form}
    </section>
  );
}
