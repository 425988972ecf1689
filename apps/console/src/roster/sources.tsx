import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { roster, type RosterSource } from '../api/roster';
import { Button } from '../ui/button';
import { Failed, Loading, Notice } from '../ui/notice';
import { Part } from '../ui/page';
import { When } from '../ui/time';
import { ImportMark, sourceKinds, waits } from './import-state';

/** How each source is doing: last success, next run, and why the last one stopped. */
export function Sources() {
  const found = useQuery({ queryKey: ['sources'], queryFn: roster.sources, refetchInterval: 15_000 });
  return (
    <Part title="Sources" id="sources">
      {found.isPending && <Loading what="the sources" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && (
        <p className="hb-quiet">
          No source is wired in. A watched folder, a OneRoster service or Ed-Fi is wired in by one call; the
          guide for integrators has it, step by step. Files can be sent without one.
        </p>
      )}
      <ul className="hb-list">
        {found.data?.items.map((source) => (
          <OneSource key={source.sourceId} source={source} />
        ))}
      </ul>
    </Part>
  );
}

function OneSource({ source }: { source: RosterSource }) {
  const { sourceId, name, kind, paused, lastSuccessAt, nextRunAt, problem, lastImport } = source;
  const client = useQueryClient();
  const running = useMutation({
    mutationFn: () => roster.runNow(sourceId),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['sources'] });
      void client.invalidateQueries({ queryKey: ['imports'] });
    },
  });
  return (
    <li>
      <h3>{name}</h3>
      <p className="hb-quiet">
        {sourceKinds[kind]}, <code>{sourceId}</code>
        {paused && ', paused'}
      </p>
      <p>
        Last success: {lastSuccessAt ? <When at={lastSuccessAt} /> : 'none yet'}.
        {nextRunAt && !paused && (
          <>
            {' '}
            Next run: <When at={nextRunAt} />.
          </>
        )}
      </p>
      {lastImport && (
        <p>
          Last import: <ImportMark state={lastImport.state} />{' '}
          <Link to={`/roster/imports/${lastImport.importId}`}>
            {waits(lastImport.state) ? 'Look at it and decide' : 'Its report'}
          </Link>
          {' · '}
          <Link to={`/roster?source=${sourceId}`}>All its imports</Link>
        </p>
      )}
      {problem && (
        <Notice tone="error" title="The last run brought nothing">
          {problem}
        </Notice>
      )}
      {running.isError && <Failed error={running.error} />}
      {kind !== 'upload' && (
        <Button look="outline" pending={running.isPending} onClick={() => running.mutate()}>
          Ask it now
        </Button>
      )}
    </li>
  );
}
