import { get, withQuery } from './client';

export interface Org {
  orgId: string;
  name: string;
  level: string;
  parentId?: string;
}
export interface Page<T> {
  items: T[];
  next?: string | null;
}

export const roster = {
  orgs: (query: { q?: string; parent?: string; level?: string; limit?: string; cursor?: string }) =>
    get<Page<Org>>(withQuery('/api/roster/orgs', query)),
};
