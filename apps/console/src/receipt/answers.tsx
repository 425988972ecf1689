import type { ReactNode } from 'react';
import type { GivenAnswer } from '../api/intake';
import { outcomes, sentenceFor, wordFor } from '../api/words';
import { languageName, When } from '../ui/time';

/** Every answer once, the newest first and open; those before it folded. */
export function Answers({
  answers,
  language,
  id = 'answer',
  level = id === 'answer' ? 2 : 3,
  whose = 'your',
}: {
  answers: GivenAnswer[];
  language?: string | undefined;
  id?: string;
  level?: 2 | 3 | 4;
  whose?: 'your' | 'the';
}) {
  const unique = [...new Map(answers.map((answer) => [answer.answerNo, answer])).values()].sort(
    (a, b) => b.answerNo - a.answerNo,
  );
  const [newest, ...before] = unique;
  if (!newest) return null;
  const Title = `h${level}` as const;
  return (
    <section className={level === 2 ? 'hb-part' : 'hb-subpart'} aria-labelledby={id}>
      <Title id={id}>
        {before.length > 0 ? `The newest answer (number ${newest.answerNo})` : 'The answer'}
      </Title>
      <AnswerCard answer={newest} language={language} whose={whose} />
      {before.map((answer) => (
        <details key={answer.answerNo} className="hb-fold">
          <summary>Answer {answer.answerNo}, replaced by a newer one</summary>
          <AnswerCard answer={answer} language={language} whose={whose} />
        </details>
      ))}
    </section>
  );
}

/** One answer with its outcome, its words in each language, and how the input shaped it. */
export function AnswerCard({
  answer,
  language,
  whose = 'your',
}: {
  answer: GivenAnswer;
  language?: string | undefined;
  whose?: 'your' | 'the';
}) {
  const translations = answer.translations ?? [];
  const own = language ? translations.find((one) => one.language === language) : undefined;
  const others = translations.filter((one) => one !== own);
  return (
    <article className="hb-answer" aria-label={`Answer ${answer.answerNo}`}>
      <p className="hb-answer__outcome">
        <strong>{wordFor(outcomes, answer.outcome)}</strong> {sentenceFor(outcomes, answer.outcome)}
      </p>
      {own ? (
        <>
          <p className="hb-words" lang={own.language} dir="auto">
            {own.text}
          </p>
          {own.by && (
            <p className="hb-quiet">
              {own.by === 'person' ? 'Translated by a person.' : 'Translated by a machine.'}
            </p>
          )}
          <InLanguage language={answer.language} text={answer.text ?? ''} note="as the team wrote it" />
        </>
      ) : (
        <p className="hb-words" lang={answer.language} dir="auto">
          {answer.text ?? answer.missing}
        </p>
      )}
      {others.map((one) => (
        <InLanguage
          key={one.language}
          language={one.language}
          text={one.text}
          note={one.by === 'service' ? 'translated by a machine' : 'translated by a person'}
        />
      ))}
      {answer.reason && (
        <Extra title="Why">
          <span lang={answer.language}>{answer.reason}</span>
        </Extra>
      )}
      {answer.promiseDate && (
        <Extra title="Promised by">
          <When at={answer.promiseDate} dateOnly />
        </Extra>
      )}
      {answer.handedTo && (
        <Extra title="Who is responsible, and how to reach them">{handedToWords(answer.handedTo)}</Extra>
      )}
      {answer.answerRef && <Extra title="See the answer to">{answer.answerRef}</Extra>}
      {answer.shapedBy && (
        <div className="hb-shaped">
          <p className="hb-shaped__title">How {whose} input shaped this</p>
          <p lang={answer.language} dir="auto">
            {answer.shapedBy}
          </p>
        </div>
      )}
      <p className="hb-quiet">
        Given <When at={answer.at} />
      </p>
      {answer.yourWord && (
        <div className="hb-bubble hb-bubble--mine">
          <p className="hb-bubble__who">
            You, <When at={answer.yourWord.at} />
          </p>
          <p>{yourWords[answer.yourWord.word]}</p>
          {answer.yourWord.reason && (
            <p className="hb-words" lang={language} dir="auto">
              {answer.yourWord.reason}
            </p>
          )}
        </div>
      )}
    </article>
  );
}

function InLanguage({ language, text, note }: { language: string | undefined; text: string; note: string }) {
  return (
    <details className="hb-fold">
      <summary>
        {languageName(language) || 'Another language'} ({note})
      </summary>
      <p className="hb-words" lang={language} dir="auto">
        {text}
      </p>
    </details>
  );
}

function Extra({ title, children }: { title: string; children: ReactNode }) {
  return (
    <p>
      <strong>{title}:</strong> {children}
    </p>
  );
}

const yourWords: Record<NonNullable<GivenAnswer['yourWord']>['word'], string> = {
  confirmed: 'Yes, it is settled.',
  partly: 'Partly. Something is still missing.',
  disputed: 'No, it is not settled.',
  'plan-accepted': 'Yes, I accept this plan.',
};

const handedToWords = (to: NonNullable<GivenAnswer['handedTo']>) =>
  typeof to === 'string' ? to : [to.name, to.contact].filter(Boolean).join(', ');
