import { useEffect, useRef } from 'react';
import { NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { signOut, type Me } from '../api/me';
import { queryClient } from '../api/query-client';
import { announceScreen } from '../ui/arrival';
import { has, signInPath, useMe } from './session';

/** The frame of every screen: skip link, one way in for each role, the crisis lines at the foot. */
export function Layout() {
  const me = useMe();
  const { pathname, search } = useLocation();
  const loading = useNavigation().state === 'loading';
  useFocusOnArrival(pathname);
  return (
    <>
      <a className="usa-skipnav" href="#main">
        Skip to main content
      </a>
      <header className="hb-header">
        <div className="hb-header__in">
          <NavLink className="hb-brand" to="/">
            <Mark />
            <span>
              <span className="hb-brand__name">Hearback</span>
              <span className="hb-brand__district">{me.data?.districtName ?? 'Speak up. Hear back.'}</span>
            </span>
          </NavLink>
          <nav aria-label="Main" className="hb-nav">
            <ul>
              {placesFor(me.data).map((place) => (
                <li key={place.to}>
                  <NavLink to={place.to} end={place.to === '/'}>
                    {place.name}
                  </NavLink>
                </li>
              ))}
            </ul>
          </nav>
          <div className="hb-who">
            {me.data ? (
              <>
                <span className="hb-who__name">{me.data.name}</span>
                <button type="button" className="hb-linkbutton" onClick={() => void leave()}>
                  Sign out
                </button>
              </>
            ) : (
              <a className="hb-linkbutton" href={signInPath(pathname + search)}>
                Staff sign in
              </a>
            )}
          </div>
        </div>
        <div className={loading ? 'hb-progress hb-progress--on' : 'hb-progress'} aria-hidden="true" />
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="hb-footer">
        <div className="hb-footer__in">
          <p>
            <strong>In danger, or worried about someone?</strong> Call <a href="tel:911">911</a>. For a
            crisis, call or text <a href="tel:988">988</a>, day or night. This site is not watched live.
          </p>
          <p>Hearback keeps every input open until the person who spoke says it is settled.</p>
        </div>
      </footer>
      <ScrollRestoration />
    </>
  );
}

function placesFor(me: Me | null | undefined): { to: string; name: string }[] {
  return [
    { to: '/', name: 'Speak up' },
    { to: '/receipt', name: 'Follow a receipt' },
    ...(has(me, 'member', 'lead') ? [{ to: '/team', name: 'Team queue' }] : []),
    ...(has(me, 'leader') ? [{ to: '/report', name: 'Report' }] : []),
    ...(has(me, 'adviser') ? [{ to: '/voice', name: 'Student voice' }] : []),
    ...(has(me, 'representative') ? [{ to: '/council', name: 'Family council' }] : []),
    ...(has(me, 'it') ? [{ to: '/roster', name: 'Roster' }] : []),
  ];
}

async function leave() {
  await signOut().catch(() => undefined);
  queryClient.clear();
  window.location.assign('/');
}

/** A new screen is announced by moving the focus to its title; the first one is left alone. */
function useFocusOnArrival(pathname: string) {
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    announceScreen();
  }, [pathname]);
}

function Mark() {
  return (
    <svg className="hb-mark" viewBox="0 0 32 32" width="34" height="34" aria-hidden="true" focusable="false">
      <path
        d="M6 6h20a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H15l-7 6v-6H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z"
        fill="#fff"
      />
      <path d="m10.5 14 4 4 7.5-8" fill="none" stroke="#b5611c" strokeWidth="3" />
    </svg>
  );
}
