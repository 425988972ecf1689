import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../api/client';
import { voice, type Joined } from '../api/voice';
import { useFragmentCode } from '../app/fragment-code';
import { Answers } from '../receipt/answers';
import { Button } from '../ui/button';
import { ErrorSummary, Field } from '../ui/form';
import { Failed, Loading, Notice } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { StateMark } from '../ui/state-mark';
import { useSubmit } from '../ui/submit';
import { When } from '../ui/time';

/** A participant: one code, one response, and later what came of it. */
export function JoinSession() {
  const { code, keep, forget } = useFragmentCode('hearback.session');
  const joined = useQuery({
    queryKey: ['joined', code],
    queryFn: () => voice.joined(code),
    enabled: code !== '',
    retry: false,
  });
  if (!code) return <EnterCode keep={keep} />;
  if (joined.isPending) {
    return (
      <Page title="Your session">
        <Loading what="the questions" />
      </Page>
    );
  }
  if (joined.isError) {
    if (joined.error instanceof Problem && [401, 403, 404].includes(joined.error.status))
      return <EnterCode keep={keep} wrong />;
    return (
      <Page title="Your session">
        <Failed error={joined.error} retry={() => void joined.refetch()} />
      </Page>
    );
  }
  const session = joined.data;
  return (
    <Page
      title={session.title}
      lead={
        session.anonymous
          ? 'Anonymous. Nobody can tell which answers are yours.'
          : 'Your answers show the number of your code.'
      }
      actions={
        <Button look="outline" onClick={forget}>
          Close and forget the code
        </Button>
      }
    >
      {session.answered ? (
        <Notice tone="success" title="Your answers are in" live>
          Thank you. Come back with this code to see what came of it.
        </Notice>
      ) : (
        <Questions session={session} code={code} />
      )}
      {(session.answered || session.stage === 'closed') && <Result session={session} code={code} />}
    </Page>
  );
}

function EnterCode({ keep, wrong = false }: { keep: (code: string) => void; wrong?: boolean }) {
  const [typed, setTyped] = useState('');
  return (
    <Page
      title="Join a session"
      lead="Type the code you were given. It works once for answering, and again to see the result."
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim()) keep(typed);
        }}
      >
        <Field
          form="join"
          name="code"
          label="Session code"
          errors={
            wrong
              ? [{ field: 'code', message: 'No session has this code. Check each letter and number.' }]
              : []
          }
        >
          {(control) => (
            <input
              className="usa-input hb-codefield"
              type="text"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              {...control}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit">Join</Button>
      </form>
    </Page>
  );
}

function Questions({ session, code }: { session: Joined; code: string }) {
  const client = useQueryClient();
  const [answers, setAnswers] = useState<string[]>(() => session.questions.map(() => ''));
  const sending = useSubmit({
    check: (body: string[]) =>
      body.some((answer) => answer.trim())
        ? []
        : [{ field: 'answers.0', message: 'Answer at least one question' }],
    send: (body: string[], key) => voice.respond(code, session.sessionId, body, key),
    done: () => void client.invalidateQueries({ queryKey: ['joined', code] }),
  });
  if (session.stage !== 'open') {
    return (
      <Notice
        tone="info"
        title={session.stage === 'closed' ? 'This session is over' : 'This session is not open yet'}
      >
        It runs from <When at={session.opensAt} /> to <When at={session.closesAt} />.
      </Notice>
    );
  }
  return (
    <form
      noValidate
      className="hb-part"
      onSubmit={(event) => {
        event.preventDefault();
        sending.submit(answers);
      }}
    >
      <h2 className="usa-sr-only">Questions</h2>
      <ErrorSummary form="respond" of={sending} />
      {session.questions.map((question, n) => (
        <Field
          key={question}
          form="respond"
          name={`answers.${n}`}
          label={question}
          optional
          errors={sending.errors}
        >
          {(control) => (
            <textarea
              className="usa-textarea hb-short"
              {...control}
              dir="auto"
              value={answers[n] ?? ''}
              onChange={(event) => setAnswers(answers.map((one, i) => (i === n ? event.target.value : one)))}
            />
          )}
        </Field>
      ))}
      <p className="hb-quiet">You can send once. Please leave out names of other people.</p>
      <p className="hb-notlive">
        This is not watched live. In danger? Call 911. In a crisis, call or text 988.
      </p>
      <Button type="submit" pending={sending.pending}>
        Send my answers
      </Button>
    </form>
  );
}

function Result({ session, code }: { session: Joined; code: string }) {
  const result = useQuery({
    queryKey: ['result', code],
    queryFn: () => voice.result(code, session.sessionId),
  });
  if (result.isPending) return <Loading what="the result" />;
  if (result.isError) return <Failed error={result.error} retry={() => void result.refetch()} />;
  const { themes, whatChanged } = result.data;
  return (
    <>
      {whatChanged.length > 0 && (
        <Part title="What changed" id="changed" tone="soft">
          <ul>
            {whatChanged.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="What the group raised" id="raised">
        {themes.length === 0 && (
          <p className="hb-quiet">Nothing is raised yet. Your adviser reads the responses first.</p>
        )}
        {themes.map((theme) => (
          <article key={theme.inputId} className="hb-input" aria-label={theme.title}>
            <h3>{theme.title}</h3>
            <p>
              <StateMark state={theme.state} /> stands for{' '}
              {theme.voices === 1 ? '1 voice' : `${theme.voices} voices`}
            </p>
            <p className="hb-words">{theme.text}</p>
            <Answers answers={theme.answers} id={`answer-${theme.inputId}`} level={4} />
          </article>
        ))}
      </Part>
    </>
  );
}
