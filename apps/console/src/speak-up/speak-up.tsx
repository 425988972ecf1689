import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { intake, type Accepted, type LocalForm } from '../api/intake';
import { kinds, sentenceFor, wordFor } from '../api/words';
import { Button } from '../ui/button';
import { Choices, ErrorSummary, Field, Radio, Select } from '../ui/form';
import { Failed, Loading } from '../ui/notice';
import { Page } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { BeforeSending, CrisisLines } from './before-sending';
import { check, emptyDraft, toInput, type Draft } from './draft';
import { NotSeenBy } from './not-seen-by';
import { OnBehalf } from './on-behalf';
import { Sent } from './sent';
import { Where, useOrgs } from './where';
import { WhoYouAre } from './who-you-are';

const form = 'speak';
/** What the address may hold, so that a school can print a link with its own name in it. Never the words. */
const inAddress = ['org', 'kind', 'topic', 'role', 'lang'] as const;

type Chosen = Record<(typeof inAddress)[number], string>;

export function SpeakUp() {
  const [address] = useSearchParams();
  const lang = address.get('lang') ?? 'en';
  const choices = useQuery({
    queryKey: ['form', lang],
    queryFn: () => intake.form(lang),
    staleTime: 300_000,
    // Another language must not take away the form while someone writes in it.
    placeholderData: keepPreviousData,
  });
  const [sent, setSent] = useState<{ accepted: Accepted; forThem: boolean; topic: string } | null>(null);
  if (sent && choices.data) {
    return (
      <Sent
        accepted={sent.accepted}
        forThem={sent.forThem}
        topic={choices.data.topics.find((one) => one.id === sent.topic)}
        choices={choices.data}
        again={() => setSent(null)}
      />
    );
  }
  return (
    <Page
      title="Speak up"
      lead="Tell your school district what you see, need or can offer. A team will answer you. It stays open until you say it is settled."
    >
      {choices.isPending && <Loading what="the form" />}
      {choices.isError && <Failed error={choices.error} retry={() => void choices.refetch()} />}
      {choices.data && (
        <SpeakUpFormParts
          choices={choices.data}
          onSent={(accepted, forThem, topic) => setSent({ accepted, forThem, topic })}
        />
      )}
    </Page>
  );
}

function SpeakUpFormParts({
  choices,
  onSent,
}: {
  choices: LocalForm;
  onSent: (accepted: Accepted, forThem: boolean, topic: string) => void;
}) {
  const [address, setAddress] = useSearchParams();
  const [words, setWords] = useState(emptyDraft);
  // The address follows the choices and never leads them: on a slow phone it is a choice or two behind.
  const [chosen, setChosen] = useState<Chosen>(
    () => Object.fromEntries(inAddress.map((name) => [name, address.get(name) ?? ''])) as Chosen,
  );
  const newest = useRef(chosen);
  const draft: Draft = {
    ...words,
    orgId: chosen.org,
    kind: chosen.kind,
    topic: chosen.topic,
    role: chosen.role,
    language: chosen.lang || 'en',
  };
  const choose = (name: keyof Chosen, value: string) => {
    newest.current = { ...newest.current, [name]: value };
    setChosen(newest.current);
    const made = Object.entries(newest.current).filter(([, one]) => one !== '');
    setAddress(Object.fromEntries(made), { replace: true, preventScrollReset: true });
  };
  const change = (part: Partial<Draft>) => setWords((before) => ({ ...before, ...part }));
  const orgs = useOrgs('');
  const [pickedName, setPickedName] = useState<string>();
  const orgName = pickedName ?? orgs.data?.items.find((org) => org.orgId === draft.orgId)?.name;
  const topic = choices.topics.find((one) => one.id === draft.topic);
  const sending = useSubmit({
    check,
    send: (body: Draft, key) => intake.raise(toInput(body), key),
    done: (accepted, body) => onSent(accepted, body.onBehalf && body.receiptTo === 'them', body.topic),
  });
  const errors = sending.errors;
  return (
    <>
      <CrisisLines choices={choices} />
      <form
        noValidate
        className="hb-form"
        onSubmit={(event) => {
          event.preventDefault();
          sending.submit(draft);
        }}
      >
        <ErrorSummary form={form} of={sending} />
        <section aria-labelledby="s1" className="hb-step">
          <h2 id="s1">What it is about</h2>
          <Where
            form={form}
            value={draft.orgId}
            errors={errors}
            onChange={(org) => {
              setPickedName(org.name);
              choose('org', org.orgId);
            }}
          />
          <Choices form={form} name="kind" label="What kind of input is it?" errors={errors}>
            <div className="hb-tiles">
              {choices.kinds.map((kind) => (
                <Radio
                  key={kind.id}
                  name="kind"
                  value={kind.id}
                  label={<span lang={choices.lang}>{kind.name || wordFor(kinds, kind.id)}</span>}
                  says={sentenceFor(kinds, kind.id)}
                  checked={draft.kind === kind.id}
                  onChange={() => choose('kind', kind.id)}
                />
              ))}
            </div>
          </Choices>
          <Field form={form} name="topic" label="Topic" errors={errors}>
            {(control) => (
              <Select
                control={control}
                value={draft.topic}
                onChange={(value) => choose('topic', value)}
                choices={choices.topics}
                lang={choices.lang}
              />
            )}
          </Field>
        </section>
        <section aria-labelledby="s2" className="hb-step">
          <h2 id="s2">What you want to say</h2>
          <Field
            form={form}
            name="language"
            label="Language you write in"
            hint="Write in the language you know best. The answer comes back in it."
            errors={errors}
          >
            {(control) => (
              <Select
                control={control}
                value={draft.language}
                onChange={(value) => choose('lang', value)}
                choices={choices.languages}
                empty={null}
              />
            )}
          </Field>
          <Field form={form} name="text" label="In your own words" errors={errors}>
            {(control) => (
              <textarea
                className="usa-textarea hb-tall"
                {...control}
                lang={draft.language}
                dir="auto"
                value={draft.text}
                onChange={(event) => change({ text: event.target.value })}
              />
            )}
          </Field>
          <p className="hb-quiet">{draft.text.length.toLocaleString('en-US')} of 10,000 characters</p>
        </section>
        <section aria-labelledby="s3" className="hb-step">
          <h2 id="s3">You</h2>
          <Field form={form} name="role" label="Who are you to the schools?" errors={errors}>
            {(control) => (
              <Select
                control={control}
                value={draft.role}
                onChange={(value) => choose('role', value)}
                choices={choices.roles}
                lang={choices.lang}
              />
            )}
          </Field>
          <WhoYouAre form={form} draft={draft} change={change} choices={choices} errors={errors} />
          <OnBehalf form={form} draft={draft} change={change} errors={errors} />
          <NotSeenBy
            form={form}
            draft={draft}
            change={change}
            choices={choices}
            errors={errors}
            orgName={orgName}
          />
        </section>
        <section aria-labelledby="s4" className="hb-step hb-step--last">
          <h2 id="s4">Before you send</h2>
          <BeforeSending draft={draft} choices={choices} topic={topic} orgName={orgName} />
          <p className="hb-notlive" lang={choices.lang}>
            {choices.notLive}
          </p>
          <Button type="submit" pending={sending.pending}>
            Send
          </Button>
        </section>
      </form>
    </>
  );
}
