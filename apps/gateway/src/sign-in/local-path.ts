/**
 * Where to go after signing in: a path of this site, or its front page. Anything that a browser could read as another
 * site (`//host`, `/\host`, a scheme, control characters) is the front page.
 */
export function localPath(to: string | undefined, base: string): string {
  if (!to || to.length > 2_000 || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(to)) return '/';
  const url = URL.canParse(to, base) ? new URL(to, base) : undefined;
  if (!url || url.origin !== new URL(base).origin) return '/';
  // `/..//host` becomes `//host` once its dots are resolved.
  return url.pathname.startsWith('/auth/') || url.pathname.startsWith('//')
    ? '/'
    : `${url.pathname}${url.search}${url.hash}`;
}
