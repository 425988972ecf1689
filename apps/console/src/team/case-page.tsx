import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { casework, type CaseDetail } from '../api/casework';
import { personName, type Me } from '../api/me';
import {
  caseStates,
  deliveries,
  kinds,
  outcomes,
  owesShapedBy,
  participations,
  wordFor,
  type Outcome,
} from '../api/words';
import { useFormWords } from '../app/form-words';
import { For } from '../app/session';
import { Done, Failed, Loading, Notice } from '../ui/notice';
import { Facts, Page, Part } from '../ui/page';
import { dueIn, When } from '../ui/time';
import { AnswerCard } from '../receipt/answers';
import { Thread } from '../receipt/talk';
import { Actions } from './actions';
import { ActionForm } from './action-forms';
import { PeopleWaiting } from './people-waiting';

/** One case: who waits, what was said, and what the team may do now. */
export function CasePage() {
  return (
    <For roles={['member', 'lead']} title="Case">
      {(me) => <OneCase me={me} />}
    </For>
  );
}

function OneCase({ me }: { me: Me }) {
  const { id = '' } = useParams();
  const [address, setAddress] = useSearchParams();
  const client = useQueryClient();
  const [done, setDone] = useState('');
  const words = useFormWords();
  const found = useQuery({
    queryKey: ['case', id],
    queryFn: () => casework.case(id),
    refetchInterval: 20_000,
  });
  if (found.isPending) return <Loading what="the case" />;
  if (found.isError && !found.data) {
    return (
      <Page title="Case">
        <Failed error={found.error} retry={() => void found.refetch()} />
        <BackToQueue />
      </Page>
    );
  }
  const one = found.data.data;
  const etag = found.data.etag ?? `"${one.version}"`;
  const doing = address.get('do') ?? '';
  const start = (action: string) =>
    setAddress(action ? { do: action } : {}, { replace: true, preventScrollReset: true });
  const changed = (what: string) => {
    setDone(what);
    start('');
    void client.invalidateQueries({ queryKey: ['case', id] });
    void client.invalidateQueries({ queryKey: ['queue'] });
  };
  return (
    <Page
      title={`${words.topic(one.topic)}, ${wordFor(kinds, one.kind).toLowerCase()}`}
      lead={`${one.orgName ?? one.orgId} · ${one.teamName ?? one.teamId}`}
      wide
      actions={<BackToQueue />}
    >
      <Done what={done} />
      {one.offeredTo && one.offeredTo !== one.teamId && (
        <Notice tone="info" title="This case is being transferred">
          It is offered to another team. Acknowledging, assigning, writing or answering accepts it.
        </Notice>
      )}
      <DueLine one={one} now={found.dataUpdatedAt} />
      <div className="hb-columns hb-columns--case">
        <div>
          <PeopleWaiting inputs={one.inputs} />
          <Actions one={one} me={me} doing={doing} start={start} changed={changed} />
          {doing && (
            <ActionForm
              key={doing}
              action={doing}
              one={one}
              etag={etag}
              me={me}
              changed={changed}
              cancel={() => start('')}
            />
          )}
          <Part title="Thread" id="thread">
            <Thread
              messages={one.thread}
              you="team"
              names={{ originator: 'Originator', team: 'Team' }}
              me={me.sub}
            />
          </Part>
          {one.answers.length > 0 && (
            <Part title="Answers given" id="answers">
              {[...one.answers]
                .sort((a, b) => b.answerNo - a.answerNo)
                .map((answer) => (
                  <AnswerCard
                    key={`${answer.inputId ?? ''} ${answer.answerNo}`}
                    answer={answer}
                    whose="the"
                  />
                ))}
            </Part>
          )}
        </div>
        <div>
          <Part title="At a glance" id="facts" tone="soft">
            <Facts
              items={[
                ['State', one.waiting ? caseStates.waiting : wordFor(caseStates, one.state)],
                ['Assigned to', one.assignee ? personName(one.assignee, me) : 'Nobody yet'],
                ['Pick up by', <When key="a" at={one.targets?.acknowledgeBy} />],
                ['Answer by', <When key="b" at={one.targets?.answerBy} />],
                ['Voices', String(one.voices ?? 1)],
                [
                  'Participation',
                  `${wordFor(participations, one.participation)}.${owesShapedBy(one.participation) ? ' The answer must say how the input shaped it.' : ''}`,
                ],
              ]}
            />
          </Part>
          <Part title="Notes of the team" id="notes">
            {one.notes.length === 0 && <p className="hb-quiet">No notes. Originators never see them.</p>}
            <ul className="hb-notes">
              {one.notes.map((note, n) => (
                <li key={`${note.at} ${n}`}>
                  <p className="hb-words">{note.text ?? note.missing}</p>
                  <p className="hb-quiet">
                    {note.by ? `${personName(note.by, me)}, ` : ''}
                    <When at={note.at} />
                  </p>
                </li>
              ))}
            </ul>
          </Part>
          <Part title="History" id="history">
            <ol className="hb-timeline">
              {one.history.map((item, n) => (
                <li key={`${item.at} ${n}`}>
                  <span className="hb-timeline__what">{whatOf(item.what)}</span>
                  {item.detail && <span className="hb-timeline__detail">{detailOf(item, me)}</span>}
                  {item.reason && <span className="hb-timeline__detail">{item.reason}</span>}
                  <span className="hb-timeline__at">
                    {item.by ? `${personName(item.by, me)}, ` : ''}
                    <When at={item.at} />
                  </span>
                </li>
              ))}
            </ol>
          </Part>
        </div>
      </div>
    </Page>
  );
}

/** `answered 2` in the history is "Answer 2 given" on the screen. */
function whatOf(what: string): string {
  const [, step = '', answerNo = ''] = /^(\w+) (\d+)$/.exec(what) ?? [];
  return answerNo ? `Answer ${answerNo} ${step === 'answered' ? 'given' : step}` : wordFor({}, what);
}

/** Targets, outcomes and people, as the screen says them. */
function detailOf({ what, detail = '' }: CaseDetail['history'][number], me: Me): string {
  if (what === 'assigned') return personName(detail, me);
  if (what === 'target missed')
    return detail === 'acknowledge' ? 'Picking it up was late' : 'The answer was late';
  return outcomes[detail as Outcome]?.name ?? deliveries[detail] ?? detail;
}

function BackToQueue() {
  return (
    <Link className="hb-back" to="/team">
      Back to the queue
    </Link>
  );
}

function DueLine({ one, now }: { one: CaseDetail; now: number }) {
  if (!one.due) return null;
  const step = one.due.step === 'acknowledge' ? 'Picking this up' : 'The answer';
  return (
    <p className={one.overdue ? 'hb-dueline hb-dueline--late' : 'hb-dueline'}>
      <strong>{one.overdue ? 'Late.' : 'Next.'}</strong> {step} is {one.overdue ? '' : 'due '}
      {dueIn(one.due.at, now)} (<When at={one.due.at} />
      ).
    </p>
  );
}
