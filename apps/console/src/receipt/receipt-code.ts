import { useCallback, useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

const drawer = 'hearback.receipt';

/**
 * The receipt code of this tab. It may come in the address's fragment, which is then taken away, so that it
 * stays neither in the history nor on a shared screen; it lives only in this tab's session storage.
 */
export function useReceiptCode() {
  const { hash, pathname } = useLocation();
  const navigate = useNavigate();
  const [code, setCode] = useState(() => fromFragment(hash) || read());
  useEffect(() => {
    const arrived = fromFragment(hash);
    if (!arrived) return;
    write(arrived);
    setCode(arrived);
    void navigate(pathname, { replace: true });
  }, [hash, pathname, navigate]);
  const keep = useCallback((value: string) => {
    write(value.trim());
    setCode(value.trim());
  }, []);
  const forget = useCallback(() => {
    write('');
    setCode('');
  }, []);
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

function read(): string {
  try {
    return sessionStorage.getItem(drawer) ?? '';
  } catch {
    return '';
  }
}

function write(code: string) {
  try {
    if (code) sessionStorage.setItem(drawer, code);
    else sessionStorage.removeItem(drawer);
  } catch {
    // A browser that keeps nothing: the code lives as long as the page.
  }
}
