/** The project's words, as the API writes them, with how the screens say them. */
export type LoopState =
  | 'raised'
  | 'routed'
  | 'acknowledged'
  | 'answered'
  | 'delivered'
  | 'promised'
  | 'disputed'
  | 'confirmed'
  | 'unconfirmed'
  | 'unsettled'
  | 'withdrawn';
export type CaseState = 'open' | 'waiting' | 'answered' | 'closed' | 'handed-on';
export type Kind = 'concern' | 'idea' | 'question' | 'praise' | 'offer';
export type Participation = 'inform' | 'consult' | 'involve' | 'collaborate' | 'share power';
export type Outcome =
  'done' | 'partly done' | 'planned' | 'declined' | 'matched' | 'thanked' | 'not ours' | 'already answered';

interface Plain {
  name: string;
  says: string;
}

export const loopStates: Record<LoopState, Plain> = {
  raised: { name: 'Sent', says: 'We have your input. It is on its way to a team.' },
  routed: { name: 'With a team', says: 'A team has your input. No one there has picked it up yet.' },
  acknowledged: { name: 'Picked up', says: 'A person on the team is working on it.' },
  answered: { name: 'Answered', says: 'The team has answered. The answer is on its way to you.' },
  delivered: { name: 'Answer received', says: 'You have the answer. Does it settle things for you?' },
  promised: { name: 'Planned', says: 'The team has a plan with a date. This stays open until the date.' },
  disputed: { name: 'Open again', says: 'You said it is not settled. The team has to look again.' },
  confirmed: { name: 'Settled', says: 'You said it is settled. Thank you for telling us.' },
  unconfirmed: {
    name: 'Closed, not confirmed',
    says: 'We did not hear from you. You can still tell us how it went.',
  },
  unsettled: {
    name: 'Closed, not settled',
    says: 'The last answer did not settle it. Every report shows this.',
  },
  withdrawn: { name: 'Taken back', says: 'You took this input back.' },
};

export const caseStates: Record<CaseState, string> = {
  open: 'Open',
  waiting: 'Waiting for the originator',
  answered: 'Answered',
  closed: 'Closed',
  'handed-on': 'Handed on',
};

export const kinds: Record<Kind, Plain> = {
  concern: { name: 'Concern', says: 'Something is wrong or worries me' },
  idea: { name: 'Idea', says: 'Something could be better' },
  question: { name: 'Question', says: 'I want to know something' },
  praise: { name: 'Praise', says: 'Something went well' },
  offer: { name: 'Offer', says: 'I can help with something' },
};

export const participations: Record<Participation, Plain> = {
  inform: { name: 'Inform', says: 'The team will tell you what it decides, and why.' },
  consult: {
    name: 'Consult',
    says: 'The team asks for your view before it decides. It must tell you how your input shaped the answer.',
  },
  involve: {
    name: 'Involve',
    says: 'The team works with people like you while it decides. It must tell you how your input shaped the answer.',
  },
  collaborate: {
    name: 'Collaborate',
    says: 'You and the team look for the answer together. It must tell you how your input shaped it.',
  },
  'share power': {
    name: 'Share power',
    says: 'The people concerned decide with the team. It must tell you how your input shaped the decision.',
  },
};

/** From "consult" up an answer owes the words on how the input shaped it. */
export const owesShapedBy = (level: Participation | undefined): boolean =>
  level !== undefined && level !== 'inform';

export const outcomes: Record<Outcome, Plain> = {
  done: { name: 'Done', says: 'It has been done.' },
  'partly done': { name: 'Partly done', says: 'Some of it has been done.' },
  planned: { name: 'Planned', says: 'It will be done by a date.' },
  declined: { name: 'Declined', says: 'It will not be done, and why.' },
  matched: { name: 'Matched', says: 'The offer was taken up.' },
  thanked: { name: 'Thanked', says: 'The praise was passed on.' },
  'not ours': { name: 'Not ours', says: 'A body outside the district is responsible.' },
  'already answered': { name: 'Already answered', says: 'An answer exists that this person may read.' },
};

/** How an answer reached its originator. */
export const deliveries: Record<string, string> = {
  receipt: 'On the receipt page',
  email: 'By e-mail',
};

/** Who a screen is for, as its reader would say it. */
export const tokenRoles: Record<string, string> = {
  student: 'students',
  adviser: 'advisers of student groups',
  representative: 'family representatives',
  member: 'team members',
  lead: 'team leads',
  leader: 'leaders',
  it: 'IT',
  import: 'imports',
  partner: 'partners',
};

export const levels: Record<string, string> = {
  school: 'School',
  district: 'District',
  region: 'Region',
  state: 'State',
  national: 'National',
};

/** The screen's word for an id of the API; the id itself, made readable, where we have none. */
export function wordFor(words: Record<string, string | Plain>, id: string | undefined): string {
  if (!id) return '';
  const found = words[id] ?? words[id.replaceAll('-', ' ')] ?? words[id.replaceAll('_', ' ')];
  if (typeof found === 'string') return found;
  if (found) return found.name;
  const readable = id.includes(' ') ? id : id.replaceAll(/[-_]/g, ' ');
  return readable.charAt(0).toUpperCase() + readable.slice(1);
}

/** The sentence that explains an id; empty where we have none. */
export function sentenceFor(words: Record<string, Plain>, id: string | undefined): string {
  if (!id) return '';
  return (words[id] ?? words[id.replaceAll('-', ' ')])?.says ?? '';
}
