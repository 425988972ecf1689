import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { html, type Markup, page, sendPage } from '../page.js';
import type { Settings } from '../settings.js';
import type { Person } from './people.js';
import { problemPage, TOOL } from './provider.js';

// What the form may send; more is no sign-in.
const FORM_BYTES = 10_000;

/**
 * The sign-in page of one interaction: GET shows it; POST takes `user` and `password`, or `as` (a demo person's
 * user name, from the list whose passwords everybody sees), and goes on to the console. Wrong words: 401 with
 * the form again. An interaction that is over or unknown: 400 with the way to start again.
 */
export function signIn(provider: Provider, people: Person[], settings: Settings) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await provider.interactionDetails(request, response);
      if (request.method !== 'POST') return sendPage(response, 200, signInPage(people));
      const form = await formOf(request);
      const person = personOf(people, form);
      if (!person) return sendPage(response, 401, signInPage(people, form.get('user') ?? ''));
      const login = { accountId: person.user, remember: true };
      await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      sendPage(response, 400, problemPage(settings, 'This sign-in has been used or has expired.'));
    }
  };
}

function personOf(people: Person[], form: URLSearchParams): Person | undefined {
  const as = form.get('as');
  if (as !== null) return people.find(({ user }) => user === as);
  const user = form.get('user')?.trim().toLowerCase();
  return people.find((one) => one.user === user && one.password === form.get('password'));
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > FORM_BYTES) break;
  }
  return new URLSearchParams(text.length > FORM_BYTES ? '' : text);
}

function signInPage(people: Person[], refused?: string): string {
  const wrong = refused !== undefined;
  return page(
    TOOL,
    wrong ? 'Error: sign in' : 'Sign in',
    html`<h1>Sign in to Hearback</h1>
      <p>
        To speak up or to follow a receipt you need no sign-in. It is for teams, leaders, advisers and
        representatives.
      </p>
      <div class="two">
        <section aria-labelledby="own">
          <h2 id="own">With a user name</h2>
          ${wrong ? refusal : html``}
          <form method="post">
            <div class="field">
              <label for="user">User name</label>
              <input
                id="user"
                name="user"
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                required
                value="${refused ?? ''}"
              />
            </div>
            <div class="field">
              <label for="password">Password</label>
              <input id="password" name="password" type="password" autocomplete="current-password" required />
            </div>
            <button type="submit">Sign in</button>
          </form>
        </section>
        <section aria-labelledby="demo">
          <h2 id="demo">As one of the demo people</h2>
          <form method="post">
            <ul class="list">
              ${people.map(personRow)}
            </ul>
          </form>
        </section>
      </div>`,
  );
}

const refusal: Markup = html`<div class="alert" role="alert">
  <p>This user name and password do not belong together. The list of demo people shows both.</p>
</div>`;

function personRow({ user, password, name, about }: Person): Markup {
  return html`<li class="person">
    <div>
      <b>${name}</b> ${about}<br />
      <span class="soft"><code>${user}</code> with password <code>${password}</code></span>
    </div>
    <button class="plain" name="as" value="${user}" aria-label="Sign in as ${name}">Sign in</button>
  </li>`;
}
