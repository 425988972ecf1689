import { useState } from 'react';
import { council, type Concern } from '../api/council';
import { useFormWords } from '../app/form-words';
import { Answers } from '../receipt/answers';
import { Choices, Tick } from '../ui/form';
import { StateMark } from '../ui/state-mark';
import { When } from '../ui/time';
import { NumbersForm } from '../voice/numbers-form';
import type { RoundProps } from './round-page';

/** A concern on its way; answered, it is owed to the families who said it. */
export function ConcernCard({ concern, round, changed }: RoundProps & { concern: Concern }) {
  const words = useFormWords();
  const [told, setTold] = useState<string[]>(concern.families);
  const newest = concern.answers.at(-1);
  const allowed = concern.allowed ?? [];
  const owed =
    newest &&
    (concern.reportBackBy !== undefined || allowed.includes('confirm') || allowed.includes('dispute'));
  const families = concern.voices === 1 ? '1 family' : `${concern.voices} families`;
  return (
    <article className="hb-part" aria-label={`Concern about ${words.topic(concern.topic)}`}>
      <h2>{words.topic(concern.topic)}</h2>
      <p>
        <StateMark state={concern.state} /> stands for {families}
      </p>
      <p className="hb-words" lang={concern.language} dir="auto">
        {concern.text}
      </p>
      <p className="hb-quiet">
        {concern.team ? `With ${concern.team.name ?? concern.team.teamId}. ` : 'Not with a team yet. '}
        {concern.answerBy && (
          <>
            Answer by <When at={concern.answerBy} dateOnly />.
          </>
        )}
      </p>
      <Answers
        answers={concern.answers}
        id={`answer-${concern.inputId}`}
        language={concern.language}
        whose="the"
      />
      {concern.closure && (
        <p>
          <strong>The families' word:</strong> {concern.closure.yes ?? 0} yes, {concern.closure.no ?? 0} no,{' '}
          {concern.closure.noReply ?? 0} no reply (<When at={concern.closure.at} />
          ).
        </p>
      )}
      {concern.reportBackBy && (
        <p className="hb-dueline">
          <strong>Report back</strong> by <When at={concern.reportBackBy} dateOnly />. Until then the answer
          counts as not delivered.
        </p>
      )}
      {newest && owed && (
        <NumbersForm
          form={`back-${concern.inputId}`}
          title="Report back: what did the families say?"
          inputId={concern.inputId}
          answerNo={newest.answerNo}
          of={concern.voices}
          given={concern.closure?.answerNo === newest.answerNo}
          send={(numbers, key) =>
            council.reportBack(round.roundId, { answers: [numbers], familyRefs: told }, key)
          }
          done={() => changed('Thank you. The team and the reports have the numbers of your families.')}
        >
          {(errors) => (
            <Choices
              form={`back-${concern.inputId}`}
              name="familyRefs"
              label="Whom did you tell?"
              errors={errors}
            >
              <div className="hb-ticks">
                {concern.families.map((familyRef) => (
                  <Tick
                    key={familyRef}
                    name="familyRefs"
                    value={familyRef}
                    label={familyRef}
                    checked={told.includes(familyRef)}
                    onChange={(on) =>
                      setTold(on ? [...told, familyRef] : told.filter((one) => one !== familyRef))
                    }
                  />
                ))}
              </div>
            </Choices>
          )}
        </NumbersForm>
      )}
    </article>
  );
}
