import { createServer, type Server } from 'node:http';
import { html, Markup, page, sendJson, sendPage } from '../page.js';
import type { Mail, MailStore } from './mail-store.js';

const TOOL = 'Mail catcher';
const SHOWN = 100;

/**
 * The mail catcher's page and its JSON: GET /?to= lists, GET /mails/ID shows the text part of one,
 * GET /api/mails?to= answers `{items: Mail[]}` newest first, GET /health.
 */
export function mailboxServer(store: MailStore): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://mailbox');
    const to = url.searchParams.get('to') ?? '';
    if (url.pathname === '/health') return sendJson(response, 200, { status: 'ok' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendJson(response, 405, { status: 405, title: 'Mails are read here, nothing else' });
    }
    if (url.pathname === '/api/mails') return sendJson(response, 200, { items: store.list(to) });
    if (url.pathname === '/') return sendPage(response, 200, listPage(store.list(to), to));
    const mail = url.pathname.startsWith('/mails/')
      ? store.find(url.pathname.slice('/mails/'.length))
      : undefined;
    if (mail) return sendPage(response, 200, mailPage(mail));
    return sendPage(response, 404, gonePage);
  });
}

function listPage(mails: Mail[], to: string): string {
  return page(
    TOOL,
    'Mails',
    html`<h1>Mails</h1>
      <p>Everything that Hearback sent from this computer ends here. Nothing leaves it.</p>
      <form class="filter">
        <div class="field">
          <label for="to">Only to this address</label>
          <input id="to" name="to" type="email" autocapitalize="none" spellcheck="false" value="${to}" />
        </div>
        <button type="submit">Show</button>
      </form>
      <p class="soft" role="status">
        ${countOf(mails.length, to)} <a href="${to ? `/?to=${encodeURIComponent(to)}` : '/'}">Look again</a>${
          to ? html` or <a href="/">show all</a>` : html``
        }
      </p>
      ${
        mails.length > 0
          ? html`<ul class="list">
              ${mails.slice(0, SHOWN).map(mailRow)}
            </ul>`
          : html``
      }`,
  );
}

function countOf(count: number, to: string): string {
  if (count === 0) return to ? `No mail to ${to} yet.` : 'No mail yet.';
  const shown = count > SHOWN ? `, the newest ${SHOWN} are shown` : '';
  return `${count} ${count === 1 ? 'mail' : 'mails'}${shown}.`;
}

const mailRow = ({ id, subject, to, at }: Mail): Markup =>
  html`<li>
    <a class="mail" href="/mails/${id}">
      <b>${subject || 'Without a subject'}</b><span><span>to ${to}</span> ${timeOf(at)}</span></a
    >
  </li>`;

function mailPage({ subject, to, from, at, messageId, text }: Mail): string {
  const title = subject || 'Without a subject';
  return page(
    TOOL,
    title,
    html`<p><a href="/">All mails</a></p>
      <h1>${title}</h1>
      <dl>
        <dt>To</dt>
        <dd>${to}</dd>
        <dt>From</dt>
        <dd>${from}</dd>
        <dt>Came</dt>
        <dd>${timeOf(at)}</dd>
        <dt>Message-ID</dt>
        <dd><code>${messageId}</code></dd>
      </dl>
      ${text ? html`<pre>${withLinks(text)}</pre>` : html`<p>This mail has no text part.</p>`}`,
  );
}

const timeOf = (at: string): Markup =>
  html`<time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)} UTC</time>`;

/** The text with its http addresses as links, so that a receipt's link can be followed as from a real mail. */
function withLinks(text: string): Markup[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/)
    .map((part, index) =>
      index % 2 === 1 ? html`<a href="${part}" rel="noreferrer">${part}</a>` : html`${part}`,
    );
}

const gonePage = page(
  TOOL,
  'No such mail',
  html`<h1>No such mail</h1>
    <p>It may have made room for newer ones. <a href="/">All mails</a></p>`,
);
