import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { mintToken } from '../demo/token.mjs';

export const gateway = (process.env.HEARBACK_PUBLIC_URL || 'http://localhost:8080').replace(/\/+$/, '');

/** What was asked could not be done, as opposed to done with a result that is not good: exit code 2. */
export class CannotBeDone extends Error {}

/** Waits before a gateway that does not answer, or says "not right now", is asked again, in ms. */
const waits = [300, 1_000, 3_000];

let bearer;

/** HEARBACK_TOKEN, else a token of the development issuer. */
async function authorization() {
  bearer ??= process.env.HEARBACK_TOKEN || (await mintToken({ as: 'it' }));
  return `Bearer ${bearer}`;
}

/**
 * One call of the operations as IT: the body of a good answer. `key` makes a command one, however often it is sent.
 * @throws CannotBeDone that says why, and what to do.
 */
export async function ask(method, path, { body, key = randomUUID() } = {}) {
  const auth = await authorization().catch((error) => {
    throw new CannotBeDone(`no token: ${error.message}. Or set HEARBACK_TOKEN to one of your issuer`);
  });
  for (let attempt = 0; ; attempt += 1) {
    const { status, answer, problem } = await once(method, path, auth, body, key);
    if (problem === undefined) return answer;
    const passing = status === 0 || status === 429 || status >= 500;
    if (!passing || attempt === waits.length) throw new CannotBeDone(problem);
    if (attempt === 1) console.error(`${problem}; asked again …`);
    await pause(waits[attempt]);
  }
}

async function once(method, path, auth, body, key) {
  try {
    const response = await fetch(`${gateway}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: auth,
        ...(method === 'POST' && { 'idempotency-key': key }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return { status: response.status, answer };
    return { status: response.status, problem: said(response.status, answer) };
  } catch (error) {
    return { status: 0, problem: `${gateway} does not answer (${error.cause?.code ?? error.message})` };
  }
}

function said(status, problem) {
  const { title = `HTTP ${status}`, detail = '', errors = [] } = problem ?? {};
  const fields = errors.map(({ message }) => message).filter((message) => !detail.includes(message));
  const todo = status === 401 || status === 403 ? 'set HEARBACK_TOKEN to a token with the role it' : '';
  return [`${title} (${status})`, detail, ...fields, todo].filter(Boolean).join(': ');
}

/** Every item of a list, page by page; `unreachable` names services that are missing from it. */
export async function* itemsOf(path, unreachable = new Set()) {
  let cursor;
  do {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) });
    const page = await ask('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
    for (const service of page.unreachable ?? []) unreachable.add(service);
    yield* page.items;
    cursor = page.next;
  } while (cursor);
}

/** Tells a line every two seconds, once two have passed, so that nobody wonders; on a terminal over the last one. */
export function progress() {
  let toldAt = Date.now();
  let open = false;
  const terminal = process.stderr.isTTY;
  return {
    at(line) {
      if (Date.now() - toldAt < 2_000) return;
      toldAt = Date.now();
      process.stderr.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
      open = terminal;
    },
    end() {
      if (open) process.stderr.write('\r\x1b[K');
      open = false;
    },
  };
}

/** An instant as people read it, to the second, in UTC. */
export function instant(at) {
  return at ? `${at.slice(0, 10)} ${at.slice(11, 19)}` : '';
}

/** A text for one cell of a table. */
export function cut(text = '', length = 70) {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

export const number = (value) => value.toLocaleString('en-US');

/** Runs a command line: its exit code is what `main` gives, or 2 with one line on what went wrong. */
export function run(name, main) {
  main().then(
    (code) => (process.exitCode = code),
    (error) => {
      const usage = error.code?.startsWith?.('ERR_PARSE_ARGS') ? ` (see the first lines of ${name})` : '';
      console.error(`${error instanceof CannotBeDone || usage ? error.message : error.stack}${usage}`);
      process.exitCode = 2;
    },
  );
}
