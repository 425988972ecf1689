import type { District } from '#testing';
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
  const { originator, answers, words } = walk;
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

  for (const [text, ids] of await letters(district, originator.address))
    same('mail', `Message-IDs of '${text.slice(0, 60)}'`, ids.length, 1);
  return broken;
}

function closure({ answerNo, settled }: Walk['words'][number]): string {
  return settled ? `Answer ${answerNo} confirmed: settled` : `Answer ${answerNo} disputed`;
}

/** The different Message-IDs of each letter by its text: a repeat has the same one. */
async function letters(district: District, address: string | undefined): Promise<Map<string, string[]>> {
  if (!address) return new Map();
  const response = await fetch(`${district.mailbox}/api/mails?to=${encodeURIComponent(address)}`);
  const { items } = (await response.json()) as {
    items: { messageId: string; subject: string; text: string }[];
  };
  const byText = Map.groupBy(items, ({ subject, text }) => `${subject} ${text}`);
  return new Map(
    [...byText].map(([text, all]) => [text, [...new Set(all.map(({ messageId }) => messageId))]]),
  );
}
