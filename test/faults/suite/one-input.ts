import type { District } from '#testing';
import { checkLetters } from './letters.js';
import type { Tokens } from './origins.js';
import type { Ask } from './patient.js';
import type { Walk } from './walk.js';

interface Trace {
  inputId: string;
  state: string;
  teamId?: string;
  hops: { publisher: string; event: string; what: string }[];
}

interface CasePage {
  thread: { from: string; what: string; text?: string }[];
  answers: { answerNo: number; text?: string }[];
}

/**
 * One input against what was acknowledged about it: its loop, its one case, each answer once, all in order, letters
 * that repeat recognisably. @returns what is broken, a line each.
 */
export async function checkWalk(district: District, ask: Ask, tokens: Tokens, walk: Walk): Promise<string[]> {
  const { originator, answers, isTakenUp, transfers, words } = walk;
  const { origin, inputId } = originator;
  const broken: string[] = [];
  const same = (where: string, what: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    broken.push(
      `${inputId} (${walk.name}): ${where}: ${what} ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
    );
  };
  const texts = (all: { text?: string }[]): (string | undefined)[] => all.map(({ text }) => text);

  const { body: trace } = await ask<Trace>('GET', `/api/reporting/loops/${inputId}`, {
    auth: await tokens('leader'),
  });
  same('ledger', 'state', trace.state, walk.state);
  const hops = (publisher: string, pattern: RegExp): string[] =>
    trace.hops
      .filter((hop) => hop.publisher === publisher && pattern.test(hop.event))
      .map(({ what }) => what);
  same('ledger', 'raised', hops(origin, /^input\.raised$/), ['Raised']);
  same('ledger', 'first hop', trace.hops[0]?.event, 'input.raised');
  same('ledger', 'routed', hops('casework', /^case\.routed$/), ['Routed']);
  same('ledger', 'taken up', hops('casework', /^case\.acknowledged$/), isTakenUp ? ['Acknowledged'] : []);
  same('ledger', 'transfers', hops('casework', /^case\.transferred$/).length, transfers);
  // A team may answer anew before it has heard of the dispute: then there is nothing to reopen.
  const reopened = hops('casework', /^case\.reopened$/).length;
  const disputes = words.filter(({ settled }) => !settled).length;
  same('ledger', 'reopened', Math.max(reopened, disputes), disputes);
  const answered = answers.map((_, i) => `Answer ${i + 1}`);
  same('ledger', 'answers', hops('casework', /^case\.answered$/), answered);
  same(
    'ledger',
    'words to the originator',
    hops('casework', /^case\.message$/).length,
    walk.teamWrote.length,
  );
  same('ledger', 'words of the originator', hops(origin, /^input\.message$/).length, walk.wrote.length);
  same('ledger', 'closures', hops(origin, /^closure\./), words.map(closure));
  const delivered = hops(origin, /^answer\.delivered$/);
  same('ledger', 'deliveries', delivered, [...new Set(delivered)]);
  const reached = new Set([...walk.read, ...words.map(({ answerNo }) => answerNo)]);
  for (const answerNo of reached)
    if (!delivered.includes(`Answer ${answerNo} delivered`))
      broken.push(
        `${inputId} (${walk.name}): ledger: answer ${answerNo} was read, and counts as not delivered`,
      );

  const auth = await tokens('member', trace.teamId);
  const { body: cases } = await ask<{ items: { caseId: string }[] }>(
    'GET',
    `/api/casework/cases?inputId=${inputId}`,
    { auth },
  );
  same('casework', 'cases', cases.items.length, 1);
  const { caseId } = cases.items[0] ?? {};
  if (caseId) {
    const { body: page } = await ask<CasePage>('GET', `/api/casework/cases/${caseId}`, { auth });
    const said = (from: string) =>
      texts(page.thread.filter((one) => one.from === from && one.what === 'message'));
    same('casework', 'words of the originator', said('originator'), walk.wrote);
    same('casework', 'words of the team', said('team'), walk.teamWrote);
    same('casework', 'answers', texts(page.answers), answers);
  }

  const view = await originator.look();
  same(origin, 'state', view.state, walk.state);
  const wanted = answers.map((text, i) => ({ answerNo: i + 1, text }));
  same(
    origin,
    'answers',
    view.answers.map(({ answerNo, text }) => ({ answerNo, text })),
    wanted,
  );
  same(origin, 'own words', texts(view.messages.filter(({ from }) => from === 'originator')), walk.wrote);
  same(
    origin,
    'words of the team',
    texts(view.messages.filter(({ from }) => from === 'team')),
    walk.teamWrote,
  );

  if (view.timeline) {
    const lines = view.timeline.map(({ what }) => what);
    same(
      origin,
      'what has happened',
      lines.filter((what) => what !== 'delivered' && what !== 'transferred'),
      [
        ...['raised', 'routed'],
        ...(isTakenUp ? ['acknowledged'] : []),
        ...(walk.state === 'withdrawn' ? ['withdrawn'] : []),
        ...answers.flatMap((_, i) => {
          const word = words.find(({ answerNo }) => answerNo === i + 1);
          return ['answered', ...(word ? [word.settled ? 'confirmed' : 'disputed'] : [])];
        }),
      ],
    );
    same(origin, 'transfers', lines.filter((what) => what === 'transferred').length, transfers);
  }
  broken.push(...(await checkLetters(district, walk)));
  return broken;
}

function closure({ answerNo, settled }: Walk['words'][number]): string {
  return settled ? `Answer ${answerNo} confirmed: settled` : `Answer ${answerNo} disputed`;
}
