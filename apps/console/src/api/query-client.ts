import { QueryClient } from '@tanstack/react-query';
import { Problem } from './client';

/** Only a lost connection or a busy server is worth a second try: every other problem says the same again. */
const isPassing = (error: Error) =>
  error instanceof Problem && [0, 429, 502, 503, 504].includes(error.status);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: (failures, error) => failures < 2 && isPassing(error) },
  },
});
