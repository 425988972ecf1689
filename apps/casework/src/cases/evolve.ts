import type { LoopState } from '#contracts';
import { isOpen } from './case.js';
import type { Case, CaseInput, Clock, HistoryEntry, UndeliveredMail, WorkStep } from './case.js';
import type { CaseEvent, CaseOpened } from './case-event.js';
import { restarted, resumed, startedClock, stopped } from './rules/loop-clock.js';

/** How many commands a case remembers for retries. */
const rememberedCommands = 200;

/** Mails that did not arrive, and resends of one, that a case remembers. */
const rememberedMails = 50;

/** What nobody reads: an ETag must not change while a mail is on its way to the team. */
const unseen: readonly CaseEvent['type'][] = [
  'mail-owed',
  'mail-tried',
  'mail-settled',
  'mail-resent',
  'command-taken',
  'target-at-risk',
  'next-level-set',
];

/** Folds one event into a case. Never refuses: what happened, happened. */
export function evolveCase(state: Case | undefined, event: CaseEvent): Case {
  if (event.type === 'case-opened') return state ?? opened(event);
  if (!state) throw new Error(`${event.type} came before the case was opened`);
  const next = evolve(state, event);
  return unseen.includes(event.type) ? next : { ...next, revision: state.revision + 1 };
}

function evolve(state: Case, event: Exclude<CaseEvent, CaseOpened>): Case {
  switch (event.type) {
    case 'case.routed': {
      const { teamId, teamName, teamOrgId, participation, rule, inputId, at } = event;
      const routed = input(state, inputId, (i) => ({ ...i, state: 'routed', clock: startedClock(i, event) }));
      const team = { teamId, name: teamName, orgId: teamOrgId };
      return told({ ...routed, team, participation, rule }, { at, what: 'routed', detail: teamName });
    }
    case 'next-level-set':
      return withNextLevel(state, event.nextLevel);
    case 'case.acknowledged': {
      const next = input(state, event.inputId, (i) =>
        i.state === 'routed' ? { ...i, state: 'acknowledged' } : i,
      );
      return told({ ...next, takenOn: true }, { at: event.at, what: 'acknowledged', by: event.by });
    }
    case 'case.assigned': {
      const { at, by, userId } = event;
      return told({ ...state, assignee: userId }, { at, what: 'assigned', by, detail: userId });
    }
    case 'case.message': {
      const { inputId, at, by, language, sealed, messageNo } = event;
      const next = input(state, inputId, (i) => ({
        ...i,
        messageNo,
        ...(event.waits && i.clock && { clock: { ...i.clock, waitingSince: i.clock.waitingSince ?? at } }),
      }));
      const entry = { at, from: 'team' as const, inputId, by, language, what: 'message' as const, sealed };
      return larger({ ...next, thread: [...next.thread, entry] }, sealed);
    }
    case 'case.resumed':
      return told(
        clocked(state, event.inputId, (clock) => resumed(clock, event.answerBy)),
        {
          at: event.at,
          what: 'resumed',
        },
      );
    case 'case.transferred': {
      const { pending, assignee: _, ...kept } = state;
      const team = { teamId: event.teamId, name: event.teamName, orgId: event.teamOrgId };
      const moved = pending ? withNextLevel(kept, pending.nextLevel) : kept;
      return told(
        { ...moved, team, takenOn: false },
        { at: event.at, what: 'transferred', by: event.by, detail: event.teamName },
      );
    }
    case 'case.participation-changed': {
      const { at, by, level, sealed } = event;
      const next = larger({ ...state, participation: level }, sealed);
      return told(next, { at, what: 'participation changed', by, detail: level, ...(sealed && { sealed }) });
    }
    case 'case.answered': {
      const { type: _, origin: __, caseId: ___, teamId: ____, participation: _____, ...given } = event;
      const next = input(state, event.inputId, ({ takenBack: _before, ...i }) => ({
        ...i,
        state: 'answered',
        answerNo: event.answerNo,
        ...(i.clock && { clock: stopped(i.clock, event.at) }),
      }));
      const fact = { at: event.at, what: `answered ${event.answerNo}`, by: event.by, detail: event.outcome };
      return told(larger({ ...next, answers: [...next.answers, given] }, event.sealed), fact);
    }
    case 'case.reopened': {
      const { inputId, at, answerBy, cause, sealed } = event;
      const to: LoopState = cause === 'team' ? 'acknowledged' : 'disputed';
      const next = clocked(
        input(state, inputId, (i) => ({ ...i, state: to, ...(cause === 'team' && { takenBack: true }) })),
        inputId,
        (clock) => restarted(clock, at, answerBy),
      );
      const fact: HistoryEntry = { at, what: cause === 'team' ? 'reopened' : 'reopened by a dispute' };
      if (event.by) fact.by = event.by;
      if (sealed) fact.sealed = sealed;
      return told(larger(next, sealed), fact);
    }
    case 'target.missed': {
      const step = event.step as WorkStep;
      const next = clocked(state, event.inputId, (clock) => ({ ...clock, missed: [...clock.missed, step] }));
      return told(next, { at: event.at, what: 'target missed', detail: step });
    }
    case 'target-at-risk': {
      const { step } = event;
      return clocked(state, event.inputId, (clock) => ({ ...clock, toldRisk: [...clock.toldRisk, step] }));
    }
    case 'note-written': {
      const { at, by, sealed } = event;
      const entry = { at, by, inputId: state.inputs[0]!.inputId, sealed };
      return larger({ ...state, notes: [...state.notes, entry] }, sealed);
    }
    case 'transfer-offered': {
      const { team, nextLevel, by, at, silentUntil, sealed } = event;
      const pending = { team, by, since: at, silentUntil, ...(nextLevel && { nextLevel }) };
      const notes = [...state.notes, { at, by, inputId: state.inputs[0]!.inputId, sealed }];
      return told(larger({ ...state, pending, notes }, sealed), {
        at,
        what: 'offered to',
        by,
        detail: team.name,
      });
    }
    case 'transfer-dropped': {
      const { pending: _, ...kept } = state;
      return told(kept, { at: event.at, what: 'the offer to another team ended' });
    }
    case 'originator-wrote': {
      const { at, inputId, what, language, sealed } = event;
      const entry = { at, from: 'originator' as const, inputId, what, sealed, ...(language && { language }) };
      return larger({ ...state, thread: [...state.thread, entry] }, sealed);
    }
    case 'loop-moved': {
      const { inputId, answerNo, at, what, detail } = event;
      const next = event.state ? entered(state, inputId, event.state) : state;
      const answers = next.answers.map((a) =>
        what === 'delivered' && a.inputId === inputId && a.answerNo === answerNo && !a.deliveredAt
          ? { ...a, deliveredAt: at }
          : a,
      );
      return told(
        { ...next, answers },
        { at, what: answerNo ? `${what} ${answerNo}` : what, ...(detail && { detail }) },
      );
    }
    case 'lane-restricted':
      return told({ ...state, restricted: true }, { at: event.at, what: 'restricted' });
    case 'words-erased':
      return erased(state, event.inputId, event.at);
    case 'case-escalated':
      return told(state, { at: event.at, what: 'next level told', detail: event.cause });
    case 'mail-owed':
      return { ...state, mails: [...state.mails, event.mail] };
    case 'mail-tried':
      return {
        ...state,
        mails: state.mails.map((mail) =>
          mail.what === event.what ? { ...mail, tries: mail.tries + 1, nextTryAt: event.nextTryAt } : mail,
        ),
      };
    case 'mail-settled': {
      const { what, result, code, at } = event;
      const mail = state.mails.find((one) => one.what === what);
      const next = { ...state, mails: state.mails.filter((one) => one !== mail) };
      if (result === 'sent') return next;
      const failed = mail ? [{ ...mail, result, at, ...(code && { code }) }] : [];
      const undelivered = [...(state.undelivered ?? []), ...failed].slice(-rememberedMails);
      const detail = [what, result, code].filter(Boolean).join(', ');
      return told({ ...next, undelivered }, { at, what: 'mail to the team failed', detail });
    }
    case 'mail-resent': {
      const { what, by, why, at } = event;
      const { found, others } = takeOut(state.undelivered ?? [], what);
      if (!found) return state;
      const { result: _, code: __, at: ___, ...mail } = found;
      const resent = [...(mail.resent ?? []), { by, why, at }].slice(-rememberedMails);
      const mails = [...state.mails, { ...mail, tries: 0, nextTryAt: at, resent }];
      return told(
        { ...state, undelivered: others, mails },
        { at, what: 'mail sent again', by, detail: what },
      );
    }
    case 'command-taken': {
      const commands = [...state.commands, { id: event.id, digest: event.digest }];
      return { ...state, commands: commands.slice(-rememberedCommands) };
    }
  }
}

function takeOut(mails: UndeliveredMail[], what: string) {
  const found = mails.find((one) => one.what === what);
  return { found, others: mails.filter((one) => one !== found) };
}

function opened(event: CaseOpened): Case {
  const { caseId, district, orgId, topic, restricted, hiddenFrom, input: first } = event;
  return larger(
    {
      caseId,
      revision: 1,
      district,
      orgId,
      topic,
      restricted,
      hiddenFrom,
      inputs: [first],
      takenOn: false,
      thread: [],
      notes: [],
      answers: [],
      history: [{ at: first.raisedAt, what: 'raised' }],
      mails: [],
      commands: [],
      sealedSize: 0,
    },
    first.sealed,
  );
}

function withNextLevel<T extends object>(state: T, nextLevel: Case['nextLevel']): T {
  const { nextLevel: _, ...kept } = state as T & Pick<Case, 'nextLevel'>;
  return { ...kept, ...(nextLevel && { nextLevel }) } as T;
}

function input(state: Case, inputId: string, change: (input: CaseInput) => CaseInput): Case {
  return { ...state, inputs: state.inputs.map((i) => (i.inputId === inputId ? change(i) : i)) };
}

function clocked(state: Case, inputId: string, change: (clock: Clock) => Clock): Case {
  return input(state, inputId, (i) => (i.clock ? { ...i, clock: change(i.clock) } : i));
}

/** A loop that is no longer the team's waits for nobody; a dispute counts. */
function entered(state: Case, inputId: string, to: LoopState): Case {
  return input(state, inputId, (i) => {
    const next = { ...i, state: to, disputes: i.disputes + (to === 'disputed' ? 1 : 0) };
    if (!i.clock || isOpen(next)) return next;
    const { waitingSince: _, ...clock } = i.clock;
    return { ...next, clock };
  });
}

function told(state: Case, entry: HistoryEntry): Case {
  return { ...state, history: [...state.history, entry] };
}

function larger(state: Case, sealed: string | undefined): Case {
  return { ...state, sealedSize: state.sealedSize + (sealed?.length ?? 0) };
}

/** Words are blanked, numbers stay. Reasons in the history are words too. */
function erased(state: Case, inputId: string, at: string): Case {
  const blank = <T extends { sealed?: string }>({ sealed: _, ...rest }: T): T => rest as T;
  const ofIt = <T extends { inputId: string; sealed?: string }>(list: T[]): T[] =>
    list.map((one) => (one.inputId === inputId ? blank(one) : one));
  const next = input(state, inputId, (i) => ({ ...blank(i), erased: true }));
  const last = next.inputs.every((i) => i.erased);
  return told(
    {
      ...next,
      thread: ofIt(state.thread),
      notes: ofIt(state.notes),
      answers: ofIt(state.answers),
      history: last ? state.history.map(blank) : state.history,
    },
    { at, what: 'erased' },
  );
}
