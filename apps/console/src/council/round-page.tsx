import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { council, type RoundDetail } from '../api/council';
import { For } from '../app/session';
import { Done, Failed, Loading } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { When } from '../ui/time';
import { BarPlot, Numbers, percent } from '../ui/plot';
import { CarryConcern } from './carry-concern';
import { ConcernCard } from './concern-card';
import { Families } from './families';

export interface RoundProps {
  round: RoundDetail;
  changed: (what: string) => void;
}

/** One round: families, contacts, concerns on their way, and coverage both ways. */
export function RoundPage() {
  return (
    <For roles={['representative']} title="Round">
      {() => <OneRound />}
    </For>
  );
}

function OneRound() {
  const { id = '' } = useParams();
  const client = useQueryClient();
  const [done, setDone] = useState('');
  const found = useQuery({
    queryKey: ['round', id],
    queryFn: () => council.round(id),
    refetchInterval: 20_000,
  });
  const changed = (what: string) => {
    setDone(what);
    void client.invalidateQueries({ queryKey: ['round', id] });
    void client.invalidateQueries({ queryKey: ['rounds'] });
  };
  if (found.isPending) return <Loading what="the round" />;
  if (found.isError && !found.data) {
    return (
      <Page title="Round">
        <Failed error={found.error} retry={() => void found.refetch()} />
      </Page>
    );
  }
  const round = found.data;
  return (
    <Page
      title={round.title}
      lead={
        <>
          <When at={round.opensAt} dateOnly /> to <When at={round.closesAt} dateOnly />
        </>
      }
      actions={<Link to="/council">All rounds</Link>}
    >
      <Done what={done} />
      {round.brief && (
        <Part title="What families are asked" id="brief" tone="soft">
          <p className="hb-words">{round.brief}</p>
        </Part>
      )}
      <h2 className="usa-sr-only">Coverage</h2>
      <CoveragePlot round={round} />
      {round.concerns.map((concern) => (
        <ConcernCard key={concern.inputId} concern={concern} round={round} changed={changed} />
      ))}
      <Families round={round} changed={changed} />
      <CarryConcern round={round} changed={changed} />
    </Page>
  );
}

/** Who was reached, and who heard back: both directions matter. */
function CoveragePlot({ round }: { round: RoundDetail }) {
  const { families, contacted, reportedBack } = round.coverage;
  if (families === 0) return null;
  const rows = [
    { name: 'Reached', n: contacted },
    { name: 'Reported back to', n: reportedBack },
  ];
  return (
    <BarPlot
      title="Coverage both ways"
      summary={`You represent ${families === 1 ? '1 family' : `${families} families`}. Word reached ${contacted}; ${reportedBack} heard back.`}
      legend={{ filled: 'yes', hatched: 'not yet' }}
      max={families}
      bars={rows.map(({ name, n }) => ({
        name,
        filled: n,
        hatched: families - n,
        says: `${n} of ${families} (${percent(n / families)})`,
      }))}
      table={
        <Numbers
          caption="Coverage"
          head={['Direction', 'Families', 'of']}
          rows={rows.map(({ name, n }) => [name, n, families])}
        />
      }
    />
  );
}
