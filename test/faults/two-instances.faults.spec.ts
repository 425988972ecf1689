import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { District } from '#testing';

/**
 * Two instances of intake and of casework at once, 2,000 commands on ten hot inputs: originators and the team write to
 * each other through whichever instance they happen to reach. Each word arrives once, on both sides.
 */
const hot = 10;
const words = 100;

interface Raised {
  inputId: string;
  receipt: string;
}

let district: District;
let intakes: string[];
let caseworks: string[];

beforeAll(async () => {
  district = await startDistrict();
  intakes = [
    `http://127.0.0.1:${district.env['HEARBACK_PORT_INTAKE']}`,
    (await district.another('intake')).url,
  ];
  caseworks = [
    `http://127.0.0.1:${district.env['HEARBACK_PORT_CASEWORK']}`,
    (await district.another('casework')).url,
  ];
}, 180_000);
afterAll(() => district?.close(), 60_000);

async function post<T>(url: string, auth: string | undefined, body: object): Promise<T> {
  const key = randomUUID();
  for (;;) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(auth && { authorization: auth }),
      },
      body: JSON.stringify(body),
    });
    if (response.ok) return (await response.json()) as T;
    // Too many at once on one input: the same command again, with the same key.
    if (response.status !== 503) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('loses and doubles no event in 2,000 commands on ten inputs', async () => {
  const member = await district.token('member', { team: 'transport', org: '00417' });
  const raised: Raised[] = [];
  for (let i = 0; i < hot; i += 1) {
    raised.push(
      await post<Raised>(`${intakes[i % 2]}/api/intake/inputs`, undefined, {
        orgId: '00417',
        topic: 'transport',
        kind: 'concern',
        text: `Hot input ${i}: the bus`,
        role: 'family',
        language: 'en',
        anonymous: true,
      }),
    );
  }
  for (const { inputId } of raised) {
    await eventually(
      async () =>
        (await district.call('GET', `/api/casework/cases/${inputId}`, { auth: member })).status === 200,
    );
  }

  const commands: (() => Promise<unknown>)[] = [];
  for (let n = 0; n < words; n += 1) {
    raised.forEach(({ inputId, receipt }, i) => {
      const via = (i + n) % 2;
      const say = (text: string): object => ({ text, language: 'en' });
      commands.push(() =>
        post(`${intakes[via]}/api/intake/receipts/me/messages`, `Receipt ${receipt}`, say(`originator ${n}`)),
      );
      commands.push(() =>
        post(`${caseworks[1 - via]}/api/casework/cases/${inputId}/messages`, member, say(`team ${n}`)),
      );
    });
  }
  expect(commands).toHaveLength(2_000);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < commands.length) await commands[next++]!();
  };
  await Promise.all(Array.from({ length: 12 }, worker));

  for (const { inputId, receipt } of raised) {
    const seen = await eventually(
      async () => {
        const { body } = await district.call<{ messages: { from: string; text: string }[] }>(
          'GET',
          '/api/intake/receipts/me',
          {
            auth: `Receipt ${receipt}`,
          },
        );
        return body.messages.length >= 2 * words && body.messages;
      },
      `all words of ${inputId} at the originator`,
      60_000,
    );
    expectEachOnce(seen);
    const thread = await eventually(
      async () => {
        const { body } = await district.call<{ thread: { from: string; text: string }[] }>(
          'GET',
          `/api/casework/cases/${inputId}`,
          {
            auth: member,
          },
        );
        return body.thread.length >= 2 * words && body.thread;
      },
      `all words of ${inputId} at the team`,
      60_000,
    );
    expectEachOnce(thread);
  }
  const { body } = await district.call<{ holds: boolean }>('GET', '/api/ops/reconciliation', {
    auth: await district.token('it'),
  });
  expect(body.holds).toBe(true);
}, 300_000);

function expectEachOnce(messages: { text: string }[]): void {
  const texts = messages.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toHaveLength(2 * words);
}
