import { isRouteErrorResponse, Link, useRouteError } from 'react-router';
import { Page } from '../ui/page';

export function NotFound() {
  return (
    <Page title="We cannot find that page" lead="The address may be old or mistyped.">
      <p>
        <Link to="/">Speak up</Link> or <Link to="/receipt">follow a receipt</Link>.
      </p>
    </Page>
  );
}

/** A screen that could not be drawn or loaded. Loading again mends a page that is older than the server. */
export function RouteFailed() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <Page title="This page did not load" lead="It may help to load it again. What you sent before is safe.">
      <button type="button" className="usa-button" onClick={() => window.location.reload()}>
        Load again
      </button>
    </Page>
  );
}
