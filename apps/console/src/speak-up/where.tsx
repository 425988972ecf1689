import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { FieldError } from '../api/client';
import { roster, type Org } from '../api/roster';
import { levels, wordFor } from '../api/words';
import { Choices, Radio } from '../ui/form';
import { Failed } from '../ui/notice';

/** The organisations that match a search; a choice stays listed while one searches on. */
export function useOrgs(q: string) {
  return useQuery({
    queryKey: ['orgs', q],
    queryFn: () => roster.orgs({ q, limit: '20' }),
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  });
}

/** Choosing the school, office or district by searching its name. */
export function Where({
  form,
  value,
  onChange,
  errors,
}: {
  form: string;
  value: string;
  onChange: (org: Org) => void;
  errors: FieldError[];
}) {
  const [q, setQ] = useState('');
  const orgs = useOrgs(useDeferredValue(q.trim()));
  const found = orgs.data?.items ?? [];
  return (
    <Choices form={form} name="orgId" label="Which school or office is this about?" errors={errors}>
      <label className="usa-label" htmlFor="org-search">
        Search by name
      </label>
      <input
        id="org-search"
        className="usa-input"
        type="search"
        autoComplete="off"
        placeholder=""
        value={q}
        onChange={(event) => setQ(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <p className="usa-sr-only" role="status">
        {orgs.isSuccess && q ? `${found.length} found` : ''}
      </p>
      {orgs.isError && <Failed error={orgs.error} retry={() => void orgs.refetch()} />}
      <div className="hb-tiles">
        {found.map((org) => (
          <Radio
            key={org.orgId}
            name="orgId"
            value={org.orgId}
            label={org.name}
            says={wordFor(levels, org.level)}
            checked={value === org.orgId}
            onChange={() => onChange(org)}
          />
        ))}
      </div>
      {orgs.isSuccess && found.length === 0 && (
        <p className="hb-quiet">No school or office has that in its name. Try a shorter word.</p>
      )}
      {orgs.data?.next && <p className="hb-quiet">There are more. Type part of the name to find yours.</p>}
    </Choices>
  );
}
