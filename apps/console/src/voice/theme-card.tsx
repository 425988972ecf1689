import { voice, type Theme } from '../api/voice';
import { Answers } from '../receipt/answers';
import { StateMark } from '../ui/state-mark';
import { When } from '../ui/time';
import { NumbersForm } from './numbers-form';

/** A theme on its way: its state, its answer, and the group's word on it in numbers. */
export function ThemeCard({
  theme,
  sessionId,
  changed,
}: {
  theme: Theme;
  sessionId: string;
  changed: (what: string) => void;
}) {
  const newest = theme.answers.at(-1);
  const may = theme.allowed
    ? theme.allowed.includes('confirm') || theme.allowed.includes('dispute')
    : newest !== undefined;
  return (
    <article className="hb-part" aria-label={`Theme: ${theme.title}`}>
      <h2>{theme.title}</h2>
      <p>
        <StateMark state={theme.state} /> stands for{' '}
        {theme.voices === 1 ? '1 voice' : `${theme.voices} voices`}
      </p>
      <p className="hb-words">{theme.text}</p>
      <p className="hb-quiet">
        {theme.team ? `With ${theme.team.name ?? theme.team.teamId}. ` : 'Not with a team yet. '}
        {theme.answerBy && (
          <>
            Answer by <When at={theme.answerBy} dateOnly />.
          </>
        )}
      </p>
      <Answers answers={theme.answers} id={`answer-${theme.inputId}`} whose="the" />
      {theme.closure && (
        <p>
          <strong>The group's word:</strong> {theme.closure.yes ?? 0} yes, {theme.closure.no ?? 0} no,{' '}
          {theme.closure.noReply ?? 0} no reply (<When at={theme.closure.at} />
          ).
        </p>
      )}
      {newest && may && (
        <NumbersForm
          form={`closure-${theme.inputId}`}
          title="What did the group say: did this settle it?"
          inputId={theme.inputId}
          answerNo={newest.answerNo}
          of={theme.voices}
          given={theme.closure?.answerNo === newest.answerNo}
          send={(body, key) => voice.close(sessionId, body, key)}
          done={() => changed('Thank you. The team and the reports have the numbers of your group.')}
        />
      )}
    </article>
  );
}
