/**
 * The words of the product, as literal unions: one list a word, used by requests, events, screens and reports.
 * Their meaning is in docs/words.md; a list only ever grows at its end.
 */

/** The service through which an input came, and which brings the answer back. */
export const origins = ['intake', 'student-voice', 'family-council'] as const;
export type Origin = (typeof origins)[number];

export const publishers = [...origins, 'casework', 'roster'] as const;
/** A service that publishes events; its topic is `${prefix}.${publisher}`. */
export type Publisher = (typeof publishers)[number];

export const kinds = ['concern', 'idea', 'question', 'praise', 'offer'] as const;
/** What an input is; it decides what is owed. */
export type Kind = (typeof kinds)[number];

export const roles = [
  'student',
  'family',
  'school-staff',
  'district-staff',
  'volunteer',
  'community-member',
  'community-organisation',
  'research-organisation',
  'funder',
  'public-official',
] as const;
/** Who speaks, as they say themselves. */
export type Role = (typeof roles)[number];

export const outcomes = [
  'done',
  'partly done',
  'planned',
  'declined',
  'matched',
  'thanked',
  'not ours',
  'already answered',
] as const;
export type Outcome = (typeof outcomes)[number];

export const participationLevels = ['inform', 'consult', 'involve', 'collaborate', 'share power'] as const;
/** How far the people who spoke take part in the decision, lowest first. */
export type Participation = (typeof participationLevels)[number];

export const lanes = ['open', 'restricted'] as const;
/** `restricted` is the safeguarding lane. */
export type Lane = (typeof lanes)[number];

export const relations = ['advocate', 'interpreter', 'staff', 'representative'] as const;
/** In what capacity someone speaks on behalf of another. */
export type Relation = (typeof relations)[number];

export const standings = ['historical-memory', 'most-impacted', 'responsible-for-change'] as const;
/** The three standings that come first; self-declared, never shown for one person. */
export type Standing = (typeof standings)[number];

/**
 * The published groups: whom somebody may say they belong to, after the receipt and if they like, and by which
 * enrolment is counted, so that reports can set the one beside the other.
 */
export const groupIds = [
  'african-american',
  'american-indian',
  'asian',
  'filipino',
  'hispanic',
  'pacific-islander',
  'two-or-more-races',
  'white',
  'english-learner',
  'disability',
  'low-income',
  'foster-youth',
  'homeless-youth',
  'lgbtq',
] as const;
export type GroupId = (typeof groupIds)[number];

export const levels = ['school', 'district', 'region', 'state', 'national'] as const;
/** The level of an organisation, lowest first. */
export type Level = (typeof levels)[number];

export const loopStates = [
  'raised',
  'routed',
  'acknowledged',
  'answered',
  'delivered',
  'promised',
  'disputed',
  'confirmed',
  'unconfirmed',
  'unsettled',
  'withdrawn',
] as const;
/** The state of one loop, per input. */
export type LoopState = (typeof loopStates)[number];

export const closedStates = ['confirmed', 'unconfirmed', 'unsettled', 'withdrawn'] as const;
/** States in which a loop is closed; all others are open. */
export type ClosedState = (typeof closedStates)[number];

export const caseStates = ['open', 'waiting', 'answered', 'closed', 'handed-on'] as const;
export type CaseState = (typeof caseStates)[number];

export const steps = ['acknowledge', 'answer', 'report-back'] as const;
/** A step that is owed within a target. */
export type Step = (typeof steps)[number];

export const deliveredHow = ['receipt', 'email', 'session', 'reported-back'] as const;
/** How an answer reached its originator. */
export type DeliveredHow = (typeof deliveredHow)[number];

export const channels = ['email'] as const;
/** A channel through which an originator can be reached besides the receipt page. */
export type Channel = (typeof channels)[number];

export function isClosed(state: LoopState): state is ClosedState {
  return (closedStates as readonly LoopState[]).includes(state);
}

/** Whether an answer at this level must say how the input shaped it (the participation gate). */
export function asksForInfluence(level: Participation): boolean {
  return participationLevels.indexOf(level) >= participationLevels.indexOf('consult');
}

/** Praise is passed on and thanked; everything else is asked whether it is settled. */
export function isAskedWhetherSettled(kind: Kind): boolean {
  return kind !== 'praise';
}
