import { useQuery } from '@tanstack/react-query';
import { roster } from '../api/roster';

/** Organisations to choose from and to name others by: the first 200. They seldom change. */
export const useOrganisations = () =>
  useQuery({
    queryKey: ['orgs', 'all'],
    queryFn: () => roster.orgs({ limit: '200' }),
    staleTime: 300_000,
  });
