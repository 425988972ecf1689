import { describe, expect, it } from '@jest/globals';
import type { KnownInput, Service } from './path.js';
import { CannotTell, sideBySide, walk as patientWalk } from './walk.js';
import type { Ask } from './walk.js';

const known = (inputId: string): KnownInput => ({
  inputId,
  state: 'routed',
  open: true,
  acceptedAt: '2026-11-22T09:00:00.000Z',
  written: 1,
  taken: [],
});

/** A service that lists these pages, asked for by the id before them; a number is a status instead of a page. */
function lists(pages: Record<string, (string[] | number)[]>): Ask & { asked: string[] } {
  const asked: string[] = [];
  const left = new Map(Object.entries(pages).map(([after, answers]) => [after, [...answers]]));
  const ask = (service: Service, path: string) => {
    const after = new URLSearchParams(path.split('?')[1]).get('after') ?? '';
    asked.push(after);
    const answers = left.get(after) ?? [];
    const answer = (answers.length > 1 ? answers.shift() : answers[0])!;
    if (typeof answer === 'number') return Promise.resolve({ status: answer, body: { title: 'Not now' } });
    const next = answer.at(-1)!;
    const more = left.has(next);
    return Promise.resolve({ status: 200, body: { items: answer.map(known), ...(more && { next }) } });
  };
  return Object.assign(ask, { asked });
}

const walk = (ask: Ask, service: Service) => patientWalk(ask, service, [1, 1]);

async function all(list: AsyncGenerator<KnownInput>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { inputId } of list) ids.push(inputId);
  return ids;
}

describe('a walk', () => {
  it('goes on behind the last id of each page, one page ahead', async () => {
    const ask = lists({ '': [['a', 'b']], b: [['c', 'd']], d: [['e']] });
    const list = walk(ask, 'intake');
    expect((await list.next()).value).toMatchObject({ inputId: 'a' });
    expect(ask.asked).toEqual(['', 'b']);
    expect(await all(list)).toEqual(['b', 'c', 'd', 'e']);
  });
  it('has patience with a service that says "not right now" halfway', async () =>
    expect(await all(walk(lists({ '': [['a']], a: [503, ['b']] }), 'casework'))).toEqual(['a', 'b']));
  it('cannot tell when it stays away: half a list proves nothing', async () => {
    await expect(all(walk(lists({ '': [['a']], a: [503] }), 'casework'))).rejects.toThrow(
      new CannotTell('casework answers 503 Not now'),
    );
  });
  it('is not patient with what waiting does not change', async () => {
    const ask = lists({ '': [403] });
    await expect(all(walk(ask, 'reporting'))).rejects.toThrow(/reporting answers 403/);
    expect(ask.asked).toHaveLength(1);
  });
  it.each([[['b', 'a']], [['a', 'a']]])('cannot tell from a list that is not in order: %j', async (ids) => {
    await expect(all(walk(lists({ '': [ids] }), 'casework'))).rejects.toThrow(/not in the order of ids/);
  });
  it('takes the order of bytes, as the database has it, not that of UTF-16', async () =>
    expect(await all(walk(lists({ '': [['\uff5a', '\u{1f600}']] }), 'intake'))).toHaveLength(2));
});

describe('lists side by side', () => {
  it('give every input once, with all that know it, wherever pages end', async () => {
    const of = (pages: Parameters<typeof lists>[0], service: Service) => walk(lists(pages), service);
    const seen: string[] = [];
    for await (const { inputId, knownTo, origin } of sideBySide(
      new Map<Service, AsyncGenerator<KnownInput>>([
        ['intake', of({ '': [['a', 'c']], c: [['e']] }, 'intake')],
        ['student-voice', of({ '': [['b']] }, 'student-voice')],
        ['casework', of({ '': [['a']], a: [['b', 'c', 'x']] }, 'casework')],
        ['reporting', of({ '': [['a', 'b', 'e']] }, 'reporting')],
      ]),
    ))
      seen.push(`${inputId} ${origin ?? 'nobody'}: ${[...knownTo.keys()].join(' ')}`);
    expect(seen).toEqual([
      'a intake: intake casework reporting',
      'b student-voice: student-voice casework reporting',
      'c intake: intake casework',
      'e intake: intake reporting',
      'x nobody: casework',
    ]);
  });
});
