import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { council } from '../api/council';
import type { Me } from '../api/me';
import { useOrganisations } from '../app/organisations';
import { For } from '../app/session';
import { Button } from '../ui/button';
import { ErrorSummary, Field, Select } from '../ui/form';
import { Empty, Failed, Loading } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { countOf, isoDay, When } from '../ui/time';

/** A representative's rounds: reach out, gather, carry, report back. */
export function Rounds() {
  return (
    <For roles={['representative']} title="Family council">
      {(me) => <Mine me={me} />}
    </For>
  );
}

function Mine({ me }: { me: Me }) {
  const [address, setAddress] = useSearchParams();
  const found = useQuery({ queryKey: ['rounds'], queryFn: council.rounds });
  const making = address.get('do') === 'new';
  return (
    <Page
      title="Family council"
      lead="Reach out to the families you represent, carry their voices in, and bring the answers back."
      actions={
        <Button
          look={making ? 'outline' : 'solid'}
          expanded={making}
          controls="new-round"
          onClick={() => setAddress(making ? {} : { do: 'new' }, { replace: true })}
        >
          {making ? 'Close the form' : 'Start a round'}
        </Button>
      }
    >
      {making && <NewRoundForm me={me} />}
      {found.isPending && <Loading what="your rounds" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && found.data.items.length === 0 && !making && (
        <Empty>You have no rounds yet. Start one to reach out to your families.</Empty>
      )}
      <ul className="hb-list">
        {found.data?.items.map((round) => (
          <li key={round.roundId}>
            <Link to={`/council/rounds/${round.roundId}`}>{round.title}</Link>
            <p className="hb-quiet">
              <When at={round.opensAt} dateOnly /> to <When at={round.closesAt} dateOnly />
            </p>
            <p>
              {countOf(round.concerns ?? 0, 'concern')} carried
              {round.coverage &&
                `. Of ${round.coverage.families} families, ${round.coverage.contacted} were reached and ${round.coverage.reportedBack} were reported back to`}
              .
            </p>
          </li>
        ))}
      </ul>
    </Page>
  );
}

interface Draft {
  orgId: string;
  title: string;
  brief: string;
  first: string;
  last: string;
}

function NewRoundForm({ me }: { me: Me }) {
  const navigate = useNavigate();
  const orgs = useOrganisations();
  const [draft, setDraft] = useState<Draft>(() => ({
    orgId: me.orgs[0] ?? '',
    title: '',
    brief: '',
    first: isoDay(new Date()),
    last: isoDay(new Date(Date.now() + 30 * 86_400_000)),
  }));
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const sending = useSubmit({
    check: (body: Draft) => [
      ...(body.orgId ? [] : [{ field: 'orgId', message: 'Choose the school' }]),
      ...(body.title.trim() ? [] : [{ field: 'title', message: 'Give the round a title' }]),
      ...(body.first <= body.last
        ? []
        : [{ field: 'closesAt', message: 'The last day must not be before the first' }]),
    ],
    send: ({ first, last, ...body }: Draft, key) =>
      council.open(
        {
          ...body,
          title: body.title.trim(),
          brief: body.brief.trim(),
          opensAt: new Date(`${first}T00:00:00`).toISOString(),
          closesAt: new Date(`${last}T23:59:59`).toISOString(),
        },
        key,
      ),
    done: ({ roundId }) => void navigate(`/council/rounds/${roundId}`),
  });
  return (
    <div id="new-round">
      <Part title="A new round" id="new" tone="strong">
        <ErrorSummary form="round" of={sending} />
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            sending.submit(draft);
          }}
        >
          <Field form="round" name="orgId" label="About which school or office?" errors={sending.errors}>
            {(control) => (
              <Select
                control={control}
                value={draft.orgId}
                onChange={(orgId) => set({ orgId })}
                choices={(orgs.data?.items ?? []).map((org) => ({ id: org.orgId, name: org.name }))}
              />
            )}
          </Field>
          <Field form="round" name="title" label="Title" errors={sending.errors}>
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
            form="round"
            name="brief"
            label="What you ask families, and what they should know"
            optional
            errors={sending.errors}
          >
            {(control) => (
              <textarea
                className="usa-textarea"
                {...control}
                value={draft.brief}
                onChange={(event) => set({ brief: event.target.value })}
              />
            )}
          </Field>
          <div className="hb-two">
            <Field form="round" name="opensAt" label="First day" errors={sending.errors}>
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
            <Field form="round" name="closesAt" label="Last day" errors={sending.errors}>
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
          <Button type="submit" pending={sending.pending}>
            Start the round
          </Button>
        </form>
      </Part>
    </div>
  );
}
