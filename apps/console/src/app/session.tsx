import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Problem } from '../api/client';
import { tokenRoles } from '../api/words';
import { fetchMe, type Me, type TokenRole } from '../api/me';
import { Failed, Loading, Notice } from '../ui/notice';
import { Page } from '../ui/page';

/** Who is signed in: `null` for nobody, undefined while we ask. */
export function useMe() {
  return useQuery({
    queryKey: ['me'],
    staleTime: 60_000,
    queryFn: async (): Promise<Me | null> => {
      if (!hasSignedIn()) return null;
      try {
        return await fetchMe();
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
  });
}

/** The gateway leaves a word, and never the session itself, where a page can see it: who never signed in is not asked for. */
const hasSignedIn = () => /(^|; )hearback-signed-in=/.test(document.cookie);

/** Where signing in starts, coming back to the screen one was on. */
export const signInPath = (to: string) => `/auth/sign-in?to=${encodeURIComponent(to)}`;

export const has = (me: Me | null | undefined, ...roles: TokenRole[]) =>
  roles.some((role) => me?.roles.includes(role));

/** Shows its children to the roles named; says to everyone else what is missing. */
export function For({
  roles,
  title,
  children,
}: {
  roles: TokenRole[];
  title: string;
  children: (me: Me) => ReactNode;
}) {
  const me = useMe();
  const { pathname, search } = useLocation();
  if (me.isPending) return <Loading what="your sign-in" />;
  if (me.isError) {
    return (
      <Page title={title}>
        <Failed error={me.error} retry={() => void me.refetch()} />
      </Page>
    );
  }
  if (!me.data) {
    return (
      <Page title={title} lead="This page is for people who work with input. Sign in to go on.">
        <p>
          <a className="usa-button" href={signInPath(pathname + search)}>
            Sign in
          </a>
        </p>
      </Page>
    );
  }
  if (!has(me.data, ...roles)) {
    return (
      <Page title={title}>
        <Notice tone="warning" title="Your account cannot open this page">
          You are signed in as {me.data.name}. This page is for{' '}
          {roles.map((role) => tokenRoles[role] ?? role).join(' and ')}. Ask your IT team if this is wrong.
        </Notice>
      </Page>
    );
  }
  return <>{children(me.data)}</>;
}
