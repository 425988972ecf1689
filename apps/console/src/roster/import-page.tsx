import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { roster, type RosterImport } from '../api/roster';
import { useOrganisations } from '../app/organisations';
import { For } from '../app/session';
import { Done, Failed, Loading, Notice } from '../ui/notice';
import { Facts, Page, Part } from '../ui/page';
import { duration, When } from '../ui/time';
import { Decide } from './decide';
import { FileTable, RoleTable, RowsAside } from './import-tables';
import { ImportMark, importStates, isAtWork, progressOf } from './import-state';

/** One import: why it waits, what it changes, what was put aside, and the way back. */
export function ImportPage() {
  return (
    <For roles={['it']} title="Import">
      {() => <OneImport />}
    </For>
  );
}

function OneImport() {
  const { id = '' } = useParams();
  const client = useQueryClient();
  const [done, setDone] = useState('');
  const found = useQuery({
    queryKey: ['import', id],
    queryFn: () => roster.import(id),
    refetchInterval: ({ state }) => (state.data && isAtWork(state.data.state) ? 1_000 : 15_000),
  });
  const changed = (what: string) => {
    setDone(what);
    void client.invalidateQueries({ queryKey: ['import', id] });
    void client.invalidateQueries({ queryKey: ['imports'] });
    void client.invalidateQueries({ queryKey: ['sources'] });
  };
  return (
    <Page
      title="Import"
      wide
      lead={<code className="hb-id">{id}</code>}
      actions={<Link to="/roster">The roster</Link>}
    >
      <Done what={done} />
      {found.isPending && <Loading what="the import" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Report one={found.data} now={found.dataUpdatedAt} changed={changed} />}
    </Page>
  );
}

function Report({ one, now, changed }: { one: RosterImport; now: number; changed: (what: string) => void }) {
  const { state, holds, files, changes, problem, ignored } = one;
  const elapsed = duration(Math.max(1, Math.round((now - Date.parse(one.receivedAt)) / 1_000)));
  return (
    <>
      <div className="hb-now" role="status">
        <ImportMark state={state} />
        <p>
          {state === 'applied' && one.restores
            ? 'The roster is as that earlier import left it.'
            : importStates[state].says}
          {isAtWork(state) && ` ${progressOf(one)} It began ${elapsed} ago.`}
        </p>
      </div>
      {problem && (
        <Notice tone="error" title="Why it failed">
          {problem}
        </Notice>
      )}
      {holds.length > 0 && (
        <Notice tone="warning" title="Why it was held">
          <ul className="usa-list">
            {holds.map(({ rule, message }) => (
              <li key={`${rule} ${message}`}>{message}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Decide one={one} changed={changed} />
      {changes && (
        <Part title={state === 'applied' ? 'What it changed' : 'What it would change'} id="changes">
          <Facts
            items={[
              [
                'Organisations',
                counts({
                  added: changes.organisations.added,
                  changed: changes.organisations.altered,
                  closed: changes.organisations.closed,
                }),
              ],
              [
                'People',
                counts({
                  added: changes.people.added,
                  changed: changes.people.changed,
                  gone: changes.people.gone,
                  'account switched off': changes.people.disabled,
                }),
              ],
            ]}
          />
          <Roles id={one.importId} />
        </Part>
      )}
      {files.length > 0 && (
        <Part title="Files" id="files">
          <FileTable files={files} />
          <p>
            <a href={roster.csv(one.importId, 'report')} download>
              Download this as CSV
            </a>
          </p>
          {ignored.length > 0 && <p className="hb-quiet">Not read: {ignored.join(', ')}.</p>}
        </Part>
      )}
      <RowsAside importId={one.importId} files={files} />
      <Part title="About this import" id="about" tone="soft">
        <Facts items={facts(one)} />
      </Part>
    </>
  );
}

function Roles({ id }: { id: string }) {
  const found = useQuery({ queryKey: ['import', id, 'changes'], queryFn: () => roster.changes(id) });
  const orgs = useOrganisations();
  if (found.isPending) return <Loading what="the changes" />;
  if (found.isError) return <Failed error={found.error} />;
  if (found.data.items.length === 0) return null;
  const names = new Map(orgs.data?.items.map(({ orgId, name }) => [orgId, name]));
  return <RoleTable rows={found.data.items} nameOf={(orgId) => names.get(orgId) ?? orgId} />;
}

/** "3 added, 1 gone", or that there is nothing. */
function counts(numbers: Record<string, number>): string {
  const some = Object.entries(numbers).filter(([, n]) => n > 0);
  return some.length > 0
    ? some.map(([what, n]) => `${n.toLocaleString('en-US')} ${what}`).join(', ')
    : 'as before';
}

type Fact = [string, ReactNode];

function facts(one: RosterImport): Fact[] {
  const { source, oneRoster, receivedAt, finishedAt, restores, why, decided, notCounted, unclearLinks } = one;
  const { organisations, people, enrolments } = one;
  const number = (n: number | undefined): string => (n ?? 0).toLocaleString('en-US');
  const brings = `${number(organisations)} organisations, ${number(people)} people, ${number(enrolments)} enrolments in force`;
  const unclear = unclearLinks?.examples.slice(0, 3).join('; ');
  const all: (Fact | false)[] = [
    ['Source', source],
    ['OneRoster', oneRoster],
    ['Received', <When at={receivedAt} />],
    finishedAt !== undefined && ['Finished', <When at={finishedAt} />],
    restores !== undefined && ['Goes back to', <Link to={`/roster/imports/${restores}`}>{restores}</Link>],
    restores !== undefined && ['Because', why],
    decided !== undefined && ['Decided', `${decided.by}: ${decided.why}`],
    organisations !== undefined && ['Brings', brings],
    notCounted !== undefined && ['Not counted', notCounted],
    unclearLinks !== undefined &&
      unclearLinks.count > 0 && ['Unclear guardians', `${number(unclearLinks.count)} left out: ${unclear}`],
  ];
  return all.filter((fact) => fact !== false);
}
