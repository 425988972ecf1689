import { topics } from '#contracts';
import type { InputRaised, Topic } from '#contracts';
import { addWorkingDays } from '#loop';
import type { WorkingCalendar } from '#loop';
import type { CaseInput } from '../case.js';
import type { CaseEvent } from '../case-event.js';
import type { Route } from '../../routing/route.js';
import { owedMail } from './mails.js';

/**
 * A case for one input, routed to its team, which is mailed if it can be. The clocks run from raisedAt, on the team's
 * calendar.
 * Restricted input is only recorded: no team sees it, because its own lane and team are not part of this service yet.
 */
export function openCase(
  event: InputRaised,
  given: {
    district: string;
    route?: Route;
    hasAddress?: boolean;
    hiddenFrom: string[];
    calendar: WorkingCalendar;
    now: string;
  },
): CaseEvent[] {
  const { inputId, origin, raisedAt } = event;
  const { route, hasAddress = true, now } = given;
  const caseId = inputId;
  const opened: CaseEvent = {
    type: 'case-opened',
    caseId,
    district: given.district,
    orgId: event.orgId,
    topic: event.topic,
    restricted: event.lane === 'restricted',
    hiddenFrom: given.hiddenFrom,
    input: inputOf(event),
    at: now,
  };
  if (event.lane === 'restricted' || !route) return [opened];
  const topic = topicOf(event.topic);
  const acknowledgeBy = addWorkingDays(raisedAt, topic.acknowledgeDays, given.calendar);
  const answerBy = addWorkingDays(raisedAt, topic.answerDays, given.calendar);
  return [
    opened,
    {
      type: 'case.routed',
      inputId,
      origin,
      caseId,
      teamId: route.team.teamId,
      teamName: route.team.name,
      teamOrgId: route.team.orgId,
      participation: topic.participation,
      acknowledgeBy,
      answerBy,
      rule: route.rule,
      at: now,
    },
    { type: 'next-level-set', ...(route.nextLevel && { nextLevel: route.nextLevel }) },
    owedMail('arrived', 'arrived', route.team.teamId, now, { step: 'acknowledge', dueAt: acknowledgeBy }),
    // A team without an address: said at once, instead of by a courier that looks for it.
    ...(hasAddress
      ? []
      : [{ type: 'mail-settled', what: 'arrived', result: 'no address', at: now } as const]),
  ];
}

/** A topic that this build does not know yet is answered as `other`: nothing goes unrouted for a name. */
function topicOf(id: string): Topic {
  return topics.find((topic) => topic.id === id) ?? topics.find((topic) => topic.id === 'other')!;
}

function inputOf(event: InputRaised): CaseInput {
  const { inputId, origin, kind, role, language, anonymous, reachable, onBehalfOf, voices } = event;
  const { raisedAt, heardAt, linkedTo, sealed } = event;
  return {
    inputId,
    origin,
    kind,
    language,
    anonymous,
    reachable,
    voices,
    raisedAt,
    sealed,
    ...(role && { role }),
    ...(onBehalfOf && { onBehalfOf }),
    ...(heardAt && { heardAt }),
    ...(linkedTo && { linkedTo }),
    state: 'raised',
    answerNo: 0,
    messageNo: 0,
    disputes: 0,
  };
}
