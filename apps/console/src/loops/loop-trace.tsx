import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { reporting, type Hop, type LoopRow } from '../api/reporting';
import { deliveries, kinds, loopStates, sentenceFor, wordFor } from '../api/words';
import { useFormWords } from '../app/form-words';
import { For } from '../app/session';
import { Failed, Loading } from '../ui/notice';
import { Facts, Page, Part } from '../ui/page';
import { StateMark } from '../ui/state-mark';
import { duration, When } from '../ui/time';

/** The whole way of one input, hop by hop. */
export function LoopTrace() {
  return (
    <For roles={['leader', 'member', 'lead']} title="Trace of one loop">
      {() => <Trace />}
    </For>
  );
}

function Trace() {
  const { inputId = '' } = useParams();
  const words = useFormWords();
  const found = useQuery({
    queryKey: ['loop', inputId],
    queryFn: () => reporting.loop(inputId),
    refetchInterval: 10_000,
  });
  return (
    <Page title="Trace of one loop" wide lead={<code className="hb-id">{inputId}</code>}>
      {found.isPending && <Loading what="the trace" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data && (
        <>
          <div className="hb-now">
            <StateMark state={found.data.state} />
            <p>{traceSays[found.data.state] ?? sentenceFor(loopStates, found.data.state)}</p>
          </div>
          <div className="hb-columns hb-columns--trace">
            <Part title={`${found.data.hops.length} hops`} id="hops">
              <Hops hops={found.data.hops} />
            </Part>
            <Part title="The loop" id="loop" tone="soft">
              <Facts
                items={[
                  ['Origin', wordFor({}, found.data.origin)],
                  ['Where', found.data.orgName ?? found.data.orgId],
                  ['Topic', words.topic(found.data.topic)],
                  ['Kind', wordFor(kinds, found.data.kind)],
                  ['Voices', String(found.data.voices ?? 1)],
                  ['Team', found.data.teamName ?? found.data.teamId ?? 'None yet'],
                  ...(found.data.targets ?? []).map(targetLine),
                ]}
              />
            </Part>
          </div>
        </>
      )}
    </Page>
  );
}

function targetLine(target: NonNullable<LoopRow['targets']>[number]): [string, ReactNode] {
  const late =
    target.how === 'owed' && Date.parse(target.doneAt ?? new Date().toISOString()) > Date.parse(target.dueAt);
  const how = late ? 'missed' : ({ met: 'met', owed: 'owed', excused: 'not owed' }[target.how] ?? target.how);
  return [
    `Target: ${target.step.replaceAll('-', ' ')}`,
    <>
      {how}, due <When at={target.dueAt} />
    </>,
  ];
}

/** Instants in the ledger's details, as the rest of the screen says them. */
const inWords = (detail: string): ReactNode[] =>
  detail
    .split(/(\d{4}-\d{2}-\d{2}T[\d:.]+Z)/)
    .map((part, n) => (n % 2 === 1 ? <When key={part} at={part} /> : part));

/** The receipt speaks to the originator; here the reader is staff. */
const traceSays: Partial<Record<string, string>> = {
  raised: 'Accepted and stored. No team has it yet.',
  routed: 'A team has it. Nobody has picked it up yet.',
  acknowledged: 'A person on the team is working on it.',
  answered: 'Answered. The answer is not delivered yet.',
  delivered: 'The originator has the answer and is asked if it settles things.',
  promised: 'A plan with a date was delivered. It stays open until then.',
  disputed: 'The originator says it is not settled. It is open again.',
  confirmed: 'The originator says it is settled.',
  unconfirmed: 'Closed without a word from the originator. It is not a yes.',
  unsettled: 'Closed after the last answer, not settled.',
  withdrawn: 'The originator took it back.',
};

function Hops({ hops }: { hops: Hop[] }) {
  return (
    <ol className="hb-hops">
      {hops.map((hop, n) => {
        const before = hops[n - 1];
        const since = before ? hop.sinceRaisedSeconds - before.sinceRaisedSeconds : 0;
        return (
          <li key={`${hop.publisher} ${hop.event} ${hop.at} ${n}`}>
            <div className="hb-hops__time">
              <strong>
                {hop.sinceRaisedSeconds <= 0 ? 'Start' : `+${duration(hop.sinceRaisedSeconds)}`}
              </strong>
              <span className="hb-quiet">
                {n > 0 ? `${duration(Math.max(0, since))} after the hop before` : ''}
              </span>
            </div>
            <div>
              <p className="hb-hops__what">{wordFor({}, hop.what)}</p>
              {hop.detail && <p>{deliveries[hop.detail] ?? inWords(hop.detail)}</p>}
              <p className="hb-quiet">
                <When at={hop.at} /> · {hop.publisher} · <code>{hop.event}</code>
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
