import { NotPermitted, RuleBroken, isClosed, participationLevels } from '#contracts';
import type { Participation } from '#contracts';
import { isOpen } from '../case.js';
import type { Case } from '../case.js';
import type { CaseEvent } from '../case-event.js';
import { evolveCase } from '../evolve.js';
import { most, refuseWhenFull } from './bounds.js';
import { reach, sideOf } from './may.js';
import type { By } from './may.js';
import { accept } from './transfer.js';

/** A person of the team takes it on. Again: nothing changes. By the team that is offered the case: it is theirs now. */
export function acknowledge(state: Case, command: { by: By; at: string }): CaseEvent[] {
  reach(state, 'acknowledge', command.by);
  return takeOn(state, command.by, command.at);
}

/** Assigning, writing and answering imply it: acceptance of an offer, then acknowledgement, where they are still owed. */
export function takeOn(
  state: Case,
  by: By,
  at: string,
  implied?: 'assign' | 'message' | 'answer',
): CaseEvent[] {
  const accepted = sideOf(state, by) === 'receiver' ? accept(state, by.userId, at) : [];
  const held = accepted.reduce<Case>(evolveCase, state);
  if (held.takenOn) return accepted;
  const acknowledged = held.inputs.filter(isOpen).map(({ inputId, origin }): CaseEvent => ({
    type: 'case.acknowledged',
    inputId,
    origin,
    caseId: state.caseId,
    teamId: held.team!.teamId,
    by: by.userId,
    at,
    ...(implied && { implied }),
  }));
  return [...accepted, ...acknowledged];
}

/** One person has the case from now on. */
export function assign(state: Case, command: { by: By; at: string; userId: string }): CaseEvent[] {
  const { by, at, userId } = command;
  const reached = reach(state, 'assign', by);
  refuseWhenFull(state);
  const assigned = reached.map(({ inputId, origin }): CaseEvent => ({
    type: 'case.assigned',
    inputId,
    origin,
    caseId: state.caseId,
    userId,
    by: by.userId,
    at,
  }));
  const first = takeOn(state, by, at, 'assign');
  return state.assignee === userId && first.length === 0 ? [] : [...first, ...assigned];
}

/**
 * Writes to originators: of one input, of those named, or of all. `sealed` has the words under each input's key.
 * With `waits` the loop's clock stands still until the originator writes.
 */
export function message(
  state: Case,
  command: {
    by: By;
    at: string;
    language: string;
    waits: boolean;
    sealed: Record<string, string>;
    inputIds?: string[];
  },
): CaseEvent[] {
  const { by, at, language, waits, sealed, inputIds } = command;
  const reached = reach(state, 'message', by, inputIds);
  const written = state.thread.filter((entry) => entry.from === 'team').length;
  if (written + reached.length > most.messages) {
    throw new RuleBroken('text', 'messages', `a case holds ${most.messages} messages of the team at most`);
  }
  if (waits && !reached.every(isOpen)) {
    throw new RuleBroken(
      'waitForReply',
      'while-owed',
      'nothing is owed while the case is answered: no clock to pause',
    );
  }
  refuseWhenFull(state, sealed);
  return [
    ...takeOn(state, by, at, 'message'),
    ...reached.map(({ inputId, origin, messageNo }): CaseEvent => ({
      type: 'case.message',
      inputId,
      origin,
      caseId: state.caseId,
      messageNo: messageNo + 1,
      language,
      waits,
      by: by.userId,
      at,
      sealed: sealed[inputId]!,
    })),
  ];
}

/** For the team alone; never delivered. */
export function note(state: Case, command: { by: By; at: string; sealed: string }): CaseEvent[] {
  reach(state, 'note', command.by);
  if (state.notes.length >= most.notes) {
    throw new RuleBroken('text', 'notes', `a case holds ${most.notes} notes at most`);
  }
  refuseWhenFull(state, { note: command.sealed });
  return [{ type: 'note-written', by: command.by.userId, at: command.at, sealed: command.sealed }];
}

/**
 * Anyone of the team may raise the participation level. Lowering it takes a lead, and a reason that the originator
 * reads. The same level: nothing changes.
 */
export function changeParticipation(
  state: Case,
  command: { by: By; at: string; level: Participation; reason?: string; sealed?: Record<string, string> },
): CaseEvent[] {
  const { by, at, level, reason, sealed } = command;
  reach(state, 'participation', by);
  const from = state.participation!;
  if (level === from) return [];
  if (participationLevels.indexOf(level) < participationLevels.indexOf(from)) {
    if (!by.lead) throw new NotPermitted('Lowering the participation level takes a lead.');
    if (!reason) {
      throw new RuleBroken(
        'reason',
        'owed-when-lowered',
        'say why the level goes down; the originator reads it',
      );
    }
  }
  refuseWhenFull(state, sealed);
  return state.inputs
    .filter((input) => !isClosed(input.state))
    .map(({ inputId, origin }) => ({
      type: 'case.participation-changed',
      inputId,
      origin,
      caseId: state.caseId,
      from,
      level,
      by: by.userId,
      at,
      ...(sealed?.[inputId] && { sealed: sealed[inputId] }),
    }));
}
