// Ways to send inputs, and what came of it. The same for Hearback and for the usual stack.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** 450 characters, as the usual stack's benchmark sends them: with the other fields some 600 bytes a request. */
const words =
  'The bus on line 12 has been late four mornings in a row and the younger pupils wait in the rain. '
    .repeat(5)
    .slice(0, 450);

export const schools = Array.from({ length: 20 }, (_, n) => `00417-${String(n + 1).padStart(3, '0')}`);

/** The n-th input: 20 schools, 5 topics, 4 roles, in turn. */
export const inputBody = (n) =>
  JSON.stringify({
    orgId: schools[n % schools.length],
    topic: ['transport', 'meals', 'safety', 'learning', 'other'][n % 5],
    kind: 'concern',
    text: `${n} ${words}`,
    role: ['student', 'family', 'school-staff', 'community-member'][n % 4],
    language: 'en',
    anonymous: n % 2 === 0,
  });

/** The same input as the usual stack takes it; `over` replaces fields. */
export const submissionBody = (n, over) =>
  JSON.stringify({
    schoolId: `school-${n % 20}`,
    topic: ['safety', 'food', 'transport', 'learning', 'wellbeing'][n % 5],
    text: `${n} ${words}`,
    role: ['student', 'family', 'staff', 'community'][n % 4],
    language: 'en',
    anonymous: n % 2 === 0,
    ...over,
  });

/**
 * Runs `one(n)` for n from 0, `inFlight` at a time, until `count` are done or `stop()` says so.
 * Gives the rate a second, the seconds, and each one's milliseconds, sorted.
 */
export async function closedLoop({ inFlight, count = Infinity, stop = () => false, one }) {
  const latencies = [];
  let next = 0;
  const begun = performance.now();
  const worker = async () => {
    while (next < count && !stop()) {
      const n = next++;
      const sent = performance.now();
      await one(n);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - begun) / 1000;
  return { rate: latencies.length / seconds, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

/**
 * Runs `one(n)` `count` times, each at its own instant, `perSecond` a second, however long the others take.
 * Settles when all have.
 */
export async function openLoop({ perSecond, count, one }) {
  const begun = performance.now();
  const sent = [];
  for (let n = 0; n < count; n += 1) {
    const due = begun + (n * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    sent.push(one(n));
  }
  await Promise.all(sent);
}

/** A sender of POSTs to one address over at most `connections` connections. @throws Error for any answer but 201. */
export function poster({ port, path, connections }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (body) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sending = request(
        { agent, port, path, headers, host: '127.0.0.1', method: 'POST' },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode === 201) resolve(JSON.parse(text));
            else reject(new Error(`POST ${path} answered ${response.statusCode} ${text.slice(0, 300)}`));
          });
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  return { post, close: () => agent.destroy() };
}

export const quantile = (sorted, q) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

export const sorted = (values) => [...values].toSorted((a, b) => a - b);

export const median = (values) => quantile(sorted(values), 0.5);

/** Asks every `everyMs` until `probe` gives something true. @throws Error naming `what` after `withinMs`. */
export async function until(what, probe, { everyMs = 50, withinMs = 120_000 } = {}) {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${withinMs / 1000} s`);
    await pause(everyMs);
  }
}
