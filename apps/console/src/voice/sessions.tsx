import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Me } from '../api/me';
import { voice, type NewSession } from '../api/voice';
import { useOrganisations } from '../app/organisations';
import { For } from '../app/session';
import { Button } from '../ui/button';
import { ErrorSummary, Field, Select, Tick } from '../ui/form';
import { Empty, Failed, Loading } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { countOf, isoDay, When } from '../ui/time';

/** An adviser's listening sessions. */
export function Sessions() {
  return (
    <For roles={['adviser']} title="Student voice">
      {(me) => <Mine me={me} />}
    </For>
  );
}

function Mine({ me }: { me: Me }) {
  const [address, setAddress] = useSearchParams();
  const found = useQuery({ queryKey: ['sessions'], queryFn: voice.sessions });
  const making = address.get('do') === 'new';
  const toggle = () => setAddress(making ? {} : { do: 'new' }, { replace: true });
  return (
    <Page
      title="Student voice"
      lead="Ask your group, raise what they say together, and bring the answer back."
      actions={
        <Button look={making ? 'outline' : 'solid'} onClick={toggle} expanded={making} controls="new-session">
          {making ? 'Close the form' : 'Make a session'}
        </Button>
      }
    >
      {making && <NewSessionForm me={me} />}
      {found.isPending && <Loading what="your sessions" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && found.data.items.length === 0 && !making && (
        <Empty>You have no sessions yet. Make one to hear your group.</Empty>
      )}
      <ul className="hb-list">
        {found.data?.items.map((session) => (
          <li key={session.sessionId}>
            <Link to={`/voice/sessions/${session.sessionId}`}>{session.title}</Link>
            <p className="hb-quiet">
              <When at={session.opensAt} /> to <When at={session.closesAt} />
            </p>
            <p>
              {countOf(session.responses ?? 0, 'response')} of {countOf(session.codesIssued ?? 0, 'code')},{' '}
              {countOf(session.themes ?? 0, 'theme')} raised
            </p>
          </li>
        ))}
      </ul>
    </Page>
  );
}

/** Days as people choose them, made instants: from the morning of the first to the end of the last. */
interface Draft {
  orgId: string;
  title: string;
  questions: string;
  first: string;
  last: string;
  anonymous: boolean;
}

function NewSessionForm({ me }: { me: Me }) {
  const navigate = useNavigate();
  const orgs = useOrganisations();
  const [draft, setDraft] = useState<Draft>(() => ({
    orgId: me.orgs[0] ?? '',
    title: '',
    questions: '',
    first: isoDay(new Date()),
    last: isoDay(new Date(Date.now() + 7 * 86_400_000)),
    anonymous: true,
  }));
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const sending = useSubmit({
    check: (body: Draft) => [
      ...(body.orgId ? [] : [{ field: 'orgId', message: 'Choose the school' }]),
      ...(body.title.trim() ? [] : [{ field: 'title', message: 'Give the session a title' }]),
      ...(linesOf(body.questions).length > 0
        ? []
        : [{ field: 'questions', message: 'Write at least one question' }]),
      ...(body.first <= body.last
        ? []
        : [{ field: 'closesAt', message: 'The last day must not be before the first' }]),
    ],
    send: (body: Draft, key) => voice.open(toSession(body), key),
    done: ({ sessionId }) => void navigate(`/voice/sessions/${sessionId}`),
  });
  return (
    <div id="new-session">
      <Part title="A new session" id="new" tone="strong">
        <ErrorSummary form="session" of={sending} />
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            sending.submit(draft);
          }}
        >
          <Field form="session" name="orgId" label="About which school or office?" errors={sending.errors}>
            {(control) => (
              <Select
                control={control}
                value={draft.orgId}
                onChange={(orgId) => set({ orgId })}
                choices={(orgs.data?.items ?? []).map((org) => ({ id: org.orgId, name: org.name }))}
              />
            )}
          </Field>
          <Field form="session" name="title" label="Title" errors={sending.errors}>
            {(control) => (
              <input
                className="usa-input"
                type="text"
                maxLength={200}
                {...control}
                value={draft.title}
                onChange={(event) => set({ title: event.target.value })}
              />
            )}
          </Field>
          <Field
            form="session"
            name="questions"
            label="Questions"
            hint="One on each line, 20 at most. Open questions bring more than yes or no."
            errors={sending.errors}
          >
            {(control) => (
              <textarea
                className="usa-textarea"
                {...control}
                value={draft.questions}
                onChange={(event) => set({ questions: event.target.value })}
              />
            )}
          </Field>
          <div className="hb-two">
            <Field form="session" name="opensAt" label="First day" errors={sending.errors}>
              {(control) => (
                <input
                  className="usa-input"
                  type="date"
                  {...control}
                  value={draft.first}
                  onChange={(event) => set({ first: event.target.value })}
                />
              )}
            </Field>
            <Field form="session" name="closesAt" label="Last day" errors={sending.errors}>
              {(control) => (
                <input
                  className="usa-input"
                  type="date"
                  {...control}
                  value={draft.last}
                  onChange={(event) => set({ last: event.target.value })}
                />
              )}
            </Field>
          </div>
          <Tick
            name="anonymous"
            value="yes"
            label="Anonymous"
            says="Nobody, you included, can tell which response came with which code."
            checked={draft.anonymous}
            onChange={(anonymous) => set({ anonymous })}
          />
          <Button type="submit" pending={sending.pending}>
            Make the session
          </Button>
        </form>
      </Part>
    </div>
  );
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const toSession = ({ orgId, title, questions, first, last, anonymous }: Draft): NewSession => ({
  orgId,
  title: title.trim(),
  questions: linesOf(questions),
  opensAt: new Date(`${first}T00:00:00`).toISOString(),
  closesAt: new Date(`${last}T23:59:59`).toISOString(),
  anonymous,
});
