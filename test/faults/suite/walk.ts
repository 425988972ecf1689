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
  /** Whether somebody of a team has taken it up, in whatever way. */
  isTakenUp: boolean;
  transfers: number;
  /** The answers that the originator has opened. */
  read: number[];
  /** What the originator said about answers, in order. */
  words: { answerNo: number; settled: boolean }[];
  /** The state in which it must stand when all is at rest. */
  state: string;
}

/** To whom a team hands what is not theirs. */
const otherTeam = 'district-office';
/** How long people wait for something to come through, in ms: longer than any fault lasts. */
const patienceMs = 150_000;

/** What people say and do about one input, by chance: from routed to confirmed, or not so far. */
export async function walkOn(walk: Walk, ask: Ask, tokens: Tokens, chance: Chance): Promise<void> {
  const { originator } = walk;
  const routed = await seen(walk, 'routed', (view) => view.team !== undefined);
  walk.state = 'routed';
  if (originator.withdraw && chance.happens(0.04)) {
    await originator.withdraw();
    walk.state = 'withdrawn';
    return;
  }
  if (chance.happens(0.3)) await write(walk);
  const member = await tokens('member', routed.team!.teamId);
  const caseId = await theCase(walk, ask, member);
  let team = new Team(walk, ask, caseId, member);
  if (chance.happens(0.1)) {
    // It stays with the first team until somebody of the other one takes it up.
    await team.transfer(otherTeam);
    team = new Team(walk, ask, caseId, await tokens('member', otherTeam));
    await team.acknowledge();
    walk.transfers += 1;
  }
  if (chance.happens(0.4)) await team.acknowledge();
  if (chance.happens(0.4)) await team.write(`${walk.name}: the team's word ${walk.teamWrote.length + 1}`);
  if (chance.happens(0.1)) return;
  for (;;) {
    await team.answer(`${walk.name}: answer ${walk.answers.length + 1}`);
    const answerNo = walk.answers.length;
    await seen(walk, `answer ${answerNo}`, (view) => view.answers.length >= answerNo);
    if (originator.read) {
      await originator.read();
      walk.read.push(answerNo);
      walk.state = 'delivered';
      if (chance.happens(0.1)) return;
    }
    if (chance.happens(0.2)) await write(walk);
    const settled = answerNo === 2 || !chance.happens(0.25);
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

/** The case of an input, as a member of its team finds it. */
async function theCase({ originator: { inputId } }: Walk, ask: Ask, auth: string): Promise<string> {
  for (const until = Date.now() + patienceMs; ;) {
    const path = `/api/casework/cases?inputId=${inputId}`;
    const { body } = await ask<{ items: { caseId: string }[] }>('GET', path, { auth });
    const [one] = body.items;
    if (one) return one.caseId;
    if (Date.now() > until) throw new Error(`${inputId} was routed, and has no case`);
  }
}

/** A member of a team at work on a case. What was acknowledged to them is remembered in the walk. */
class Team {
  private readonly path: string;

  constructor(
    private readonly walk: Walk,
    private readonly ask: Ask,
    caseId: string,
    private readonly auth: string,
  ) {
    this.path = `/api/casework/cases/${caseId}`;
  }

  async acknowledge(): Promise<void> {
    await this.post('acknowledge', {});
    this.takenUp();
  }

  async write(text: string): Promise<void> {
    await this.post('messages', { text, language: 'en' });
    this.walk.teamWrote.push(text);
    this.takenUp();
  }

  /** Offers it to another team; its state stays. */
  async transfer(teamId: string): Promise<void> {
    await this.post('transfer', { teamId, note: 'It is theirs.' });
  }

  async answer(text: string): Promise<void> {
    const { ask, auth, path, walk } = this;
    const body = { outcome: 'done', text, language: 'en', shapedBy: 'You told us.' };
    const key = randomUUID();
    for (const until = Date.now() + patienceMs; ;) {
      const { headers } = await ask('GET', path, { auth });
      const ifMatch = headers.get('etag') ?? '';
      // 412: it changed since it was read. 409: the dispute is on its way.
      const { status } = await ask('POST', `${path}/answer`, { auth, key, ifMatch, body }, [409, 412]);
      if (status < 300) break;
      if (Date.now() > until) throw new Error(`${walk.originator.inputId}: it cannot be answered: ${status}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    walk.answers.push(text);
    walk.isTakenUp = true;
    walk.state = 'answered';
  }

  private async post(what: string, body: object): Promise<void> {
    await this.ask('POST', `${this.path}/${what}`, { auth: this.auth, key: randomUUID(), body });
  }

  private takenUp(): void {
    this.walk.isTakenUp = true;
    this.walk.state = 'acknowledged';
  }
}
