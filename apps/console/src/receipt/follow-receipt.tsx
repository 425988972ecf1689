import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../api/client';
import { intake, type Receipt } from '../api/intake';
import { kinds, loopStates, participations, sentenceFor, wordFor } from '../api/words';
import { useFragmentCode } from '../app/fragment-code';
import { AboutMe } from '../speak-up/sent';
import { Button } from '../ui/button';
import { Field } from '../ui/form';
import { Done, Failed, Loading } from '../ui/notice';
import { Facts, Page, Part } from '../ui/page';
import { StateMark } from '../ui/state-mark';
import { When } from '../ui/time';
import { Answers } from './answers';
import { Settle } from './settle';
import { Talk } from './talk';
import { Timeline } from './timeline';
import { Withdraw } from './withdraw';

const writers: Record<string, string> = {
  advocate: 'Someone who speaks up for another person',
  interpreter: 'An interpreter',
  staff: 'Someone of the staff',
  representative: 'A representative',
};

export function FollowReceipt() {
  const { code, keep, forget } = useFragmentCode('hearback.receipt');
  const receipt = useQuery({
    queryKey: ['receipt', code],
    queryFn: () => intake.receipt(code),
    enabled: code !== '',
    // A code that nothing is found by is not asked for again and again.
    refetchInterval: ({ state }) => (state.data ? 20_000 : false),
  });
  if (!code) return <EnterCode keep={keep} />;
  if (receipt.isPending) {
    return (
      <Page title="Follow a receipt">
        <Loading what="your input" />
      </Page>
    );
  }
  if (receipt.isError && !receipt.data) {
    const unknown = receipt.error instanceof Problem && [401, 403, 404, 422].includes(receipt.error.status);
    if (unknown) return <EnterCode keep={keep} wrong={code} />;
    return (
      <Page title="Follow a receipt">
        <Failed error={receipt.error} retry={() => void receipt.refetch()} />
      </Page>
    );
  }
  return <Followed receipt={receipt.data} code={code} forget={forget} />;
}

/** Only of an input that someone wrote for another. */
function enteredBy(of: Receipt['onBehalfOf']): [string, string][] {
  if (!of) return [];
  const asked = of.agreed ? 'The person it is for agreed.' : 'The person it is for was not asked.';
  return [['Written by', `${writers[of.relation] ?? 'Someone else'}. ${asked}`]];
}

function EnterCode({ keep, wrong = '' }: { keep: (code: string) => void; wrong?: string }) {
  const [typed, setTyped] = useState(wrong);
  const [empty, setEmpty] = useState(false);
  const errors = empty
    ? [{ field: 'code', message: 'Type the code of your receipt' }]
    : wrong
      ? [{ field: 'code', message: 'No input has this code. Check each letter and number.' }]
      : [];
  return (
    <Page
      title="Follow a receipt"
      lead="Type the code you got when you spoke up. You see where your input is, write to the team and read the answer."
    >
      <form
        noValidate
        className="hb-form"
        onSubmit={(event) => {
          event.preventDefault();
          setEmpty(!typed.trim());
          if (typed.trim()) keep(typed);
        }}
      >
        <Field
          form="follow"
          name="code"
          label="Receipt code"
          hint="It is kept in this tab only, and gone when you close it."
          errors={errors}
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
        <Button type="submit">Show my input</Button>
      </form>
    </Page>
  );
}

function Followed({ receipt, code, forget }: { receipt: Receipt; code: string; forget: () => void }) {
  const client = useQueryClient();
  const [done, setDone] = useState('');
  const changed = (what: string) => {
    setDone(what);
    void client.invalidateQueries({ queryKey: ['receipt', code] });
  };
  const may = (action: Receipt['allowed'][number]) => receipt.allowed.includes(action);
  const newest = receipt.answers.at(-1);
  const form = useQuery({
    queryKey: ['form', receipt.language ?? 'en'],
    queryFn: () => intake.form(receipt.language ?? 'en'),
    staleTime: 300_000,
  });
  const topic = form.data?.topics.find((one) => one.id === receipt.topic)?.name;
  return (
    <Page
      title="Your input"
      actions={
        <Button look="plain" onClick={forget}>
          Close and forget the code
        </Button>
      }
    >
      <div className="hb-now">
        <StateMark state={receipt.state} />
        <p>{sentenceFor(loopStates, receipt.state)}</p>
      </div>
      <Done what={done} />
      {newest && <Answers answers={receipt.answers} language={receipt.language} />}
      {newest && <Settle receipt={receipt} answer={newest} code={code} changed={changed} />}
      <div className="hb-columns">
        <div>
          {receipt.text && (
            <Part title="What you said" id="said">
              <blockquote className="hb-quote" lang={receipt.language} dir="auto">
                {receipt.text}
              </blockquote>
            </Part>
          )}
          <Talk receipt={receipt} code={code} changed={changed} />
        </div>
        <div>
          <Part title="Where it is" id="where" tone="soft">
            <Facts
              items={[
                ['About', receipt.orgName ?? receipt.orgId],
                ['Topic', `${topic ?? wordFor({}, receipt.topic)} · ${wordFor(kinds, receipt.kind)}`],
                ['Team', receipt.team ? (receipt.team.name ?? receipt.team.teamId) : 'Not with a team yet'],
                ['Picked up by', <When key="a" at={receipt.targets?.acknowledgeBy} dateOnly />],
                ['Answer by', <When key="b" at={receipt.targets?.answerBy} dateOnly />],
                [
                  'Your part',
                  receipt.participation
                    ? `${wordFor(participations, receipt.participation)}. ${sentenceFor(participations, receipt.participation)}`
                    : 'Told when a team has it',
                ],
                [
                  'Your name',
                  receipt.anonymous ? 'Not given. No team sees who you are.' : 'The team sees it',
                ],
                ...enteredBy(receipt.onBehalfOf),
              ]}
            />
          </Part>
          <Timeline items={receipt.timeline} />
          {may('withdraw') && <Withdraw code={code} changed={changed} />}
        </div>
      </div>
      {may('about-me') && form.data && (
        <details className="hb-fold hb-part">
          <summary>Help the district see who it hears (only if you want)</summary>
          <AboutMe receipt={code} choices={form.data} />
        </details>
      )}
    </Page>
  );
}
