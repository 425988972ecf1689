import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { voice, type NewTheme, type SessionDetail } from '../api/voice';
import { useFormWords } from '../app/form-words';
import { For } from '../app/session';
import { Button } from '../ui/button';
import { Choices, ErrorSummary, Field, Select, Tick } from '../ui/form';
import { Done, Empty, Failed, Loading } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { When } from '../ui/time';
import { Codes } from './codes';
import { ThemeCard } from './theme-card';

/** One session: its codes, what was said, the themes raised from it and their answers. */
export function SessionPage() {
  return (
    <For roles={['adviser']} title="Session">
      {() => <OneSession />}
    </For>
  );
}

function OneSession() {
  const { id = '' } = useParams();
  const client = useQueryClient();
  const [done, setDone] = useState('');
  const found = useQuery({
    queryKey: ['session', id],
    queryFn: () => voice.session(id),
    refetchInterval: 20_000,
  });
  const changed = (what: string) => {
    setDone(what);
    void client.invalidateQueries({ queryKey: ['session', id] });
    void client.invalidateQueries({ queryKey: ['sessions'] });
  };
  if (found.isPending) return <Loading what="the session" />;
  if (found.isError && !found.data) {
    return (
      <Page title="Session">
        <Failed error={found.error} retry={() => void found.refetch()} />
      </Page>
    );
  }
  const session = found.data;
  return (
    <Page
      title={session.title}
      lead={
        <>
          <When at={session.opensAt} /> to <When at={session.closesAt} />.{' '}
          {session.anonymous ? 'Anonymous.' : 'Not anonymous: a response shows the number of its code.'}
        </>
      }
      actions={<Link to="/voice">All sessions</Link>}
    >
      <Done what={done} />
      <Codes session={session} changed={changed} />
      {session.themes.map((theme) => (
        <ThemeCard key={theme.inputId} theme={theme} sessionId={session.sessionId} changed={changed} />
      ))}
      <Responses session={session} changed={changed} />
    </Page>
  );
}

/** What was said, with a tick for each response that a theme is drawn from. */
function Responses({ session, changed }: { session: SessionDetail; changed: (what: string) => void }) {
  const words = useFormWords();
  const empty: NewTheme = { title: '', text: '', topic: '', responseIds: [] };
  const [theme, setTheme] = useState(empty);
  const set = (part: Partial<NewTheme>) => setTheme((before) => ({ ...before, ...part }));
  const sending = useSubmit({
    check: (body: NewTheme) => [
      ...(body.responseIds.length > 0
        ? []
        : [{ field: 'responseIds', message: 'Tick the responses that say this' }]),
      ...(body.title.trim() ? [] : [{ field: 'title', message: 'Give the theme a title' }]),
      ...(body.text.trim() ? [] : [{ field: 'text', message: 'Write what they say together' }]),
      ...(body.topic ? [] : [{ field: 'topic', message: 'Choose a topic' }]),
    ],
    send: (body: NewTheme, key) => voice.raiseTheme(session.sessionId, body, key),
    done: (_raised, body) => {
      setTheme(empty);
      changed(`The theme is raised. It stands for ${body.responseIds.length} voices.`);
    },
  });
  const voices = theme.responseIds.length;
  return (
    <Part title={`Responses (${session.responses.length})`} id="responses">
      {session.responses.length === 0 ? (
        <Empty>Nobody has answered yet. Give out the codes.</Empty>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            sending.submit({ ...theme, title: theme.title.trim(), text: theme.text.trim() });
          }}
        >
          <ErrorSummary form="theme" of={sending} />
          <Choices
            form="theme"
            name="responseIds"
            label="Tick the responses that say the same"
            errors={sending.errors}
          >
            {session.responses.map((response, n) => (
              <Tick
                key={response.responseId}
                name="responseIds"
                value={response.responseId}
                label={`Response ${n + 1}${response.codeNo ? `, code ${response.codeNo}` : ''}`}
                says={session.questions.map((question, q) => {
                  const answer = response.answers[q];
                  return answer ? (
                    <span key={question} className="hb-qa" dir="auto">
                      <em>{question}</em> {answer}{' '}
                    </span>
                  ) : null;
                })}
                checked={theme.responseIds.includes(response.responseId)}
                onChange={(on) =>
                  set({
                    responseIds: on
                      ? [...theme.responseIds, response.responseId]
                      : theme.responseIds.filter((one) => one !== response.responseId),
                  })
                }
              />
            ))}
          </Choices>
          <h3 className="hb-sub">Raise a theme</h3>
          <p className="hb-quiet" role="status">
            {voices === 0
              ? 'Tick responses above first.'
              : `It will stand for ${voices === 1 ? '1 voice' : `${voices} voices`}.`}
          </p>
          <Field form="theme" name="title" label="Title" errors={sending.errors}>
            {(control) => (
              <input
                className="usa-input"
                type="text"
                maxLength={200}
                {...control}
                value={theme.title}
                onChange={(event) => set({ title: event.target.value })}
              />
            )}
          </Field>
          <Field
            form="theme"
            name="text"
            label="What they say together"
            hint="The team reads this. Leave out names."
            errors={sending.errors}
          >
            {(control) => (
              <textarea
                className="usa-textarea"
                {...control}
                value={theme.text}
                onChange={(event) => set({ text: event.target.value })}
              />
            )}
          </Field>
          <Field form="theme" name="topic" label="Topic" errors={sending.errors}>
            {(control) => (
              <Select
                control={control}
                value={theme.topic}
                onChange={(topic) => set({ topic })}
                choices={words.topics}
              />
            )}
          </Field>
          <Button type="submit" pending={sending.pending}>
            Raise the theme
          </Button>
        </form>
      )}
    </Part>
  );
}
