import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { casework, type CaseRow } from '../api/casework';
import { caseStates, kinds, wordFor } from '../api/words';
import { useFormWords } from '../app/form-words';
import { For } from '../app/session';
import { personName, type Me } from '../api/me';
import { Button } from '../ui/button';
import { Empty, Failed, Loading } from '../ui/notice';
import { Page } from '../ui/page';
import { countOf, dueIn, languageName, When } from '../ui/time';

const dues = [
  { id: '', name: 'Any time' },
  { id: 'overdue', name: 'Late' },
  { id: 'today', name: 'Due today' },
  { id: 'week', name: 'Due in 7 days' },
];
const states = [
  { id: '', name: 'All states' },
  ...Object.entries(caseStates).map(([id, name]) => ({ id, name })),
];

/** The team's one queue, in the order in which things are due. */
export function TeamQueue() {
  return (
    <For roles={['member', 'lead']} title="Team queue">
      {(me) => <Queue me={me} />}
    </For>
  );
}

function Queue({ me }: { me: Me }) {
  const [filters, setFilters] = useSearchParams();
  const query = {
    team: filters.get('team') ?? '',
    state: filters.get('state') ?? '',
    due: filters.get('due') ?? '',
    mine: filters.get('mine') ?? '',
  };
  const queue = useInfiniteQuery({
    queryKey: ['queue', query],
    queryFn: ({ pageParam }) => casework.queue({ ...query, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 20_000,
  });
  const set = (name: keyof typeof query, value: string) =>
    setFilters(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const rows = queue.data?.pages.flatMap((page) => page.items) ?? [];
  const late = rows.filter((row) => row.overdue).length;
  const owed = rows.filter((row) => row.due && !row.waiting).length;
  const teamName = (id: string) => rows.find((row) => row.teamId === id)?.teamName ?? wordFor({}, id);
  const filtered = Object.values(query).some(Boolean);
  return (
    <Page
      title="Team queue"
      wide
      lead={
        me.teams.length > 0
          ? `Cases of ${me.teams.map(teamName).join(', ')}. What is due first stands first.`
          : 'What is due first stands first.'
      }
    >
      <form className="hb-filters" aria-label="Filter the queue" onSubmit={(event) => event.preventDefault()}>
        {me.teams.length > 1 && (
          <Filter
            label="Team"
            value={query.team}
            choices={[
              { id: '', name: 'All my teams' },
              ...me.teams.map((id) => ({ id, name: teamName(id) })),
            ]}
            onChange={(value) => set('team', value)}
          />
        )}
        <Filter
          label="State"
          value={query.state}
          choices={states}
          onChange={(value) => set('state', value)}
        />
        <Filter label="Due" value={query.due} choices={dues} onChange={(value) => set('due', value)} />
        <Filter
          label="Whose"
          value={query.mine}
          choices={[
            { id: '', name: "Everyone's" },
            { id: 'true', name: 'Assigned to me' },
          ]}
          onChange={(value) => set('mine', value)}
        />
      </form>
      {queue.isPending && <Loading what="the queue" />}
      {queue.isError && <Failed error={queue.error} retry={() => void queue.refetch()} />}
      {queue.isSuccess && (
        <>
          <p role="status" className="hb-quiet">
            {countOf(rows.length, 'case')}
            {queue.hasNextPage ? ' so far' : ''}: {owed} to work on{late > 0 ? `, ${late} of them late` : ''}
          </p>
          {rows.length === 0 ? (
            <Empty>
              <p>
                {filtered
                  ? 'No case fits these filters.'
                  : 'Nothing is waiting. Every case of your team is answered.'}
              </p>
              {filtered && (
                <Button look="plain" onClick={() => setFilters({}, { replace: true })}>
                  Show all
                </Button>
              )}
            </Empty>
          ) : (
            <Rows rows={rows} me={me} now={queue.dataUpdatedAt} />
          )}
          {queue.hasNextPage && (
            <Button
              look="outline"
              pending={queue.isFetchingNextPage}
              onClick={() => void queue.fetchNextPage()}
            >
              Show more
            </Button>
          )}
        </>
      )}
    </Page>
  );
}

function Filter({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: string;
  choices: { id: string; name: string }[];
  onChange: (value: string) => void;
}) {
  const id = `filter-${label.toLowerCase()}`;
  return (
    <div>
      <label className="usa-label" htmlFor={id}>
        {label}
      </label>
      <select id={id} className="usa-select" value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Rows({ rows, me, now }: { rows: CaseRow[]; me: Me; now: number }) {
  const words = useFormWords();
  return (
    <table className="usa-table usa-table--borderless hb-table hb-stacked">
      <caption className="usa-sr-only">Cases, by what is due first</caption>
      <thead>
        <tr>
          <th scope="col">Due</th>
          <th scope="col">Case</th>
          <th scope="col">State</th>
          <th scope="col">Where</th>
          <th scope="col">Assigned to</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.caseId} className={row.overdue ? 'hb-late' : undefined}>
            <td data-label="Due">
              {row.due ? (
                <span className={row.overdue ? 'hb-due hb-due--late' : 'hb-due'}>
                  <strong>{row.due.step === 'acknowledge' ? 'Pick it up' : 'Answer'}</strong>{' '}
                  {dueIn(row.due.at, now)}
                  <span className="hb-quiet">
                    <When at={row.due.at} />
                  </span>
                </span>
              ) : (
                <span className="hb-quiet">Nothing owed</span>
              )}
            </td>
            <th scope="row" data-label="Case">
              <Link to={`/team/cases/${row.caseId}`}>
                {words.topic(row.topic)}, {wordFor(kinds, row.kind).toLowerCase()}
              </Link>
              {row.excerpt && (
                <span className="hb-excerpt" lang={row.language} dir="auto">
                  {row.excerpt}
                </span>
              )}
              <span className="hb-quiet">
                {row.raisedAt && (
                  <>
                    Raised <When at={row.raisedAt} dateOnly />
                  </>
                )}
                {(row.voices ?? 1) > 1 ? ` · ${row.voices} voices` : ''}
                {row.language && row.language !== 'en' ? ` · in ${languageName(row.language)}` : ''}
              </span>
            </th>
            <td data-label="State">{row.waiting ? caseStates.waiting : wordFor(caseStates, row.state)}</td>
            <td data-label="Where">
              {row.orgName ?? row.orgId}
              {(me.teams.length > 1 || row.offeredTo) && (
                <span className="hb-quiet">
                  {row.teamName ?? row.teamId}
                  {row.offeredTo && ', offered by another team'}
                </span>
              )}
            </td>
            <td data-label="Assigned to">
              {row.assignee ? personName(row.assignee, me) : <span className="hb-quiet">Nobody yet</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
