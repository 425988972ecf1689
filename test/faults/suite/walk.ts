import { randomUUID } from 'node:crypto';
import type { Chance } from './chance.js';
import type { Ask } from './patient.js';
import type { Originator, OriginView, Tokens } from './origins.js';

/**
 * One input that was accepted, and everything that was acknowledged about it: nothing is in here before its 2xx came.
 * What is being said at the moment is `pending`: it may be there, or not.
 */
export interface Walk {
  name: string;
  originator: Originator;
  /** What the originator wrote, what the team wrote, what the team answered: texts, in order. */
  wrote: string[];
  teamWrote: string[];
  answers: string[];
  /** What the originator said about answers, in order. */
  words: { answerNo: number; settled: boolean }[];
  /** The state in which it must stand when all is at rest. */
  state: string;
}

/** How long people wait for something to come through, in ms: longer than any fault lasts. */
const patienceMs = 150_000;

/** What people say and do about one input, by chance: from routed to confirmed, or not so far. */
export async function walkOn(walk: Walk, ask: Ask, tokens: Tokens, chance: Chance): Promise<void> {
  const { originator } = walk;
  const routed = await seen(walk, 'routed', (view) => view.team !== undefined);
  walk.state = 'routed';
  if (chance.happens(0.3)) await write(walk);
  const team = await theTeam(walk, ask, await tokens('member', routed.team!.teamId));
  if (chance.happens(0.4)) {
    await team.acknowledge();
    walk.state = 'acknowledged';
  }
  if (chance.happens(0.4)) {
    await team.write(`${walk.name}: the team's word ${walk.teamWrote.length + 1}`);
    walk.state = 'acknowledged';
  }
  if (chance.happens(0.1)) return;
  for (;;) {
    await team.answer(`${walk.name}: answer ${walk.answers.length + 1}`);
    walk.state = 'answered';
    await seen(walk, `answer ${walk.answers.length}`, (view) => view.answers.length >= walk.answers.length);
    if (originator.origin !== 'family-council') {
      await originator.read();
      walk.state = 'delivered';
      if (chance.happens(0.1)) return;
    }
    if (chance.happens(0.2)) await write(walk);
    const settled = walk.answers.length === 2 || !chance.happens(0.25);
    const answerNo = walk.answers.length;
    await originator.settle(answerNo, settled);
    walk.words.push({ answerNo, settled });
    walk.state = settled ? 'confirmed' : 'disputed';
    if (settled) return;
  }
}

async function write(walk: Walk): Promise<void> {
  const text = `${walk.name}: the originator's word ${walk.wrote.length + 1}`;
  await walk.originator.write(text);
  walk.wrote.push(text);
}

/** Looks as the originator until it is so. */
async function seen(walk: Walk, what: string, isSo: (view: OriginView) => boolean): Promise<OriginView> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const view = await walk.originator.look();
    if (isSo(view)) return view;
    if (Date.now() > until) {
      const { origin, inputId } = walk.originator;
      throw new Error(
        `${inputId}: its originator does not see '${what}' at ${origin} within ${patienceMs / 1000} s; its state there is ${view.state}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A member of the team that has it. */
async function theTeam(walk: Walk, ask: Ask, auth: string) {
  const { inputId } = walk.originator;
  const until = Date.now() + patienceMs;
  let caseId: string | undefined;
  while (!caseId) {
    const { body } = await ask<{ items: { caseId: string }[] }>(
      'GET',
      `/api/casework/cases?inputId=${inputId}`,
      { auth },
    );
    caseId = body.items[0]?.caseId;
    if (Date.now() > until) throw new Error(`${inputId} was routed, and has no case`);
  }
  const path = `/api/casework/cases/${caseId}`;
  return {
    acknowledge: () => ask('POST', `${path}/acknowledge`, { auth, body: {} }),
    write: async (text: string) => {
      await ask('POST', `${path}/messages`, { auth, key: randomUUID(), body: { text, language: 'en' } });
      walk.teamWrote.push(text);
    },
    answer: async (text: string) => {
      const body = { outcome: 'done', text, language: 'en', shapedBy: 'You told us.' };
      const key = randomUUID();
      for (;;) {
        const { headers } = await ask('GET', path, { auth });
        const ifMatch = headers.get('etag') ?? '';
        // 412: it changed since it was read. 409: the dispute is on its way.
        const { status } = await ask('POST', `${path}/answer`, { auth, key, ifMatch, body }, [409, 412]);
        if (status < 300) break;
        if (Date.now() > until + patienceMs) throw new Error(`${inputId}: it cannot be answered: ${status}`);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      walk.answers.push(text);
    },
  };
}
