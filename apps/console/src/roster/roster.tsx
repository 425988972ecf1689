import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { roster, type RosterImport } from '../api/roster';
import { For } from '../app/session';
import { Button } from '../ui/button';
import { Empty, Failed, Loading } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { countOf, When } from '../ui/time';
import { asideIn } from './import-tables';
import { importStates, ImportMark, isAtWork, waits } from './import-state';
import { SendFiles } from './send-files';
import { Sources } from './sources';

/** Where the district's organisations and people come from, for IT. */
export function Roster() {
  return (
    <For roles={['it']} title="Roster">
      {() => <Overview />}
    </For>
  );
}

function Overview() {
  const [address, setAddress] = useSearchParams();
  const sending = address.get('do') === 'send';
  const source = address.get('source') ?? '';
  const toggle = () => setAddress(sending ? {} : { do: 'send' }, { replace: true });
  const found = useInfiniteQuery({
    queryKey: ['imports', source],
    queryFn: ({ pageParam }) => roster.imports({ source, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.items.some((one) => isAtWork(one.state)) ? 2_000 : 15_000,
  });
  const imports = found.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page
      title="Roster"
      wide
      lead="Which schools and offices there are, and who belongs to them. It comes from your student information system; nothing is deleted because a file was short."
      actions={
        <Button
          look={sending ? 'outline' : 'solid'}
          onClick={toggle}
          expanded={sending}
          controls="send-files"
        >
          {sending ? 'Close the form' : 'Send files'}
        </Button>
      }
    >
      {sending && <SendFiles />}
      <Sources />
      <Part title={source ? `Imports of ${source}` : 'Imports'} id="imports">
        {source && (
          <p>
            <Link to="/roster">Those of all sources</Link>
          </p>
        )}
        {found.isPending && <Loading what="the imports" />}
        {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
        {found.isSuccess && imports.length === 0 && (
          <Empty>Nothing was imported yet. Send the files of an export, or wire a source in.</Empty>
        )}
        {imports.length > 0 && <Imports imports={imports} />}
        {found.hasNextPage && (
          <Button
            look="outline"
            pending={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            Show more
          </Button>
        )}
      </Part>
    </Page>
  );
}

function Imports({ imports }: { imports: RosterImport[] }) {
  return (
    <table className="usa-table usa-table--borderless hb-table hb-stacked">
      <caption className="usa-sr-only">The latest imports, newest first</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">State</th>
          <th scope="col">What it changes</th>
          <th scope="col">Rows put aside</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {imports.map((one) => (
          <tr key={one.importId} className={waits(one.state) ? 'hb-late' : undefined}>
            <th scope="row">
              <Link to={`/roster/imports/${one.importId}`}>
                <When at={one.receivedAt} />
              </Link>
            </th>
            <td data-label="State">
              <ImportMark state={one.state} />
            </td>
            <td data-label="What it changes">{says(one)}</td>
            <td data-label="Put aside">{asideIn(one.files).toLocaleString('en-US')}</td>
            <td data-label="Source">{one.source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function says({ state, changes, restores, problem }: RosterImport): string {
  if (problem) return problem;
  if (!changes) return importStates[state].says;
  const { organisations, people } = changes;
  const parts = [
    [organisations.added, 'organisation more', 'organisations more'],
    [organisations.closed, 'organisation closes', 'organisations close'],
    [people.added, 'person more', 'people more'],
    [people.gone, 'person gone', 'people gone'],
    [people.changed, 'person changed', 'people changed'],
  ] as const;
  const changed = parts.filter(([n]) => n > 0).map(([n, single, many]) => countOf(n, single, many));
  const what = changed.length > 0 ? changed.join(', ') : 'Nothing: all of it was known';
  return restores ? `Goes back to an earlier import. ${what}` : what;
}
