import { useCallback, useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

/**
 * A secret code of this tab, a receipt's or a session's. It may come in the address's fragment, which is then taken
 * away, so that it stays neither in the history nor on a shared screen; it lives only in this tab's session storage.
 */
export function useFragmentCode(drawer: 'hearback.receipt' | 'hearback.session') {
  const { hash, pathname } = useLocation();
  const navigate = useNavigate();
  const [code, setCode] = useState(() => fromFragment(hash) || read(drawer));
  useEffect(() => {
    const arrived = fromFragment(hash);
    if (!arrived) return;
    write(drawer, arrived);
    setCode(arrived);
    void navigate(pathname, { replace: true });
  }, [drawer, hash, pathname, navigate]);
  const keep = useCallback(
    (value: string) => {
      write(drawer, value.trim());
      setCode(value.trim());
    },
    [drawer],
  );
  const forget = useCallback(() => {
    write(drawer, '');
    setCode('');
  }, [drawer]);
  return { code, keep, forget };
}

function fromFragment(hash: string): string {
  const value = hash.replace(/^#/, '');
  if (value === 'main') return '';
  try {
    return decodeURIComponent(value).trim();
  } catch {
    return value;
  }
}

function read(drawer: string): string {
  try {
    return sessionStorage.getItem(drawer) ?? '';
  } catch {
    return '';
  }
}

function write(drawer: string, code: string) {
  try {
    if (code) sessionStorage.setItem(drawer, code);
    else sessionStorage.removeItem(drawer);
  } catch {
    // A browser that keeps nothing: the code lives as long as the page.
  }
}
