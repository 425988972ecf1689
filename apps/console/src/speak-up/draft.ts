import type { FieldError } from '../api/client';
import type { NewInput } from '../api/intake';
import type { Kind } from '../api/words';

/** The three ways to speak, in the order of the form. */
export type Way = 'named' | 'reachable' | 'anonymous';

/** What the form holds while someone writes. The choices live in the address; the words never do. */
export interface Draft {
  orgId: string;
  topic: string;
  kind: string;
  role: string;
  language: string;
  text: string;
  way: Way | '';
  name: string;
  wantsContact: boolean;
  channel: string;
  address: string;
  textInMessage: boolean;
  onBehalf: boolean;
  relation: string;
  agreed: 'yes' | 'no' | '';
  receiptTo: 'them' | 'me';
  /** A plain date, empty when it was heard today. */
  heardOn: string;
  hide: 'nobody' | 'school' | 'teams';
  hiddenTeams: string[];
}

export const emptyDraft: Omit<Draft, 'orgId' | 'topic' | 'kind' | 'role' | 'language'> = {
  text: '',
  way: '',
  name: '',
  wantsContact: true,
  channel: 'email',
  address: '',
  textInMessage: false,
  onBehalf: false,
  relation: '',
  agreed: '',
  receiptTo: 'them',
  heardOn: '',
  hide: 'nobody',
  hiddenTeams: [],
};

export const asksContact = (draft: Draft) =>
  draft.way === 'reachable' || (draft.way === 'named' && draft.wantsContact);

/** What can be told without the server; it judges again. */
export function check(draft: Draft): FieldError[] {
  const wrong: FieldError[] = [];
  const owed = (field: string, value: string, message: string) => {
    if (!value.trim()) wrong.push({ field, message });
  };
  owed('orgId', draft.orgId, 'Choose the school or office this is about');
  owed('kind', draft.kind, 'Choose what kind of input this is');
  owed('topic', draft.topic, 'Choose a topic');
  owed('text', draft.text, 'Write what you want to say');
  if (draft.text.length > 10_000)
    wrong.push({ field: 'text', message: 'Shorten your text to 10,000 characters' });
  owed('role', draft.role, 'Choose who you are to the schools');
  owed('way', draft.way, 'Choose if you want to give your name');
  if (draft.way === 'named') owed('name', draft.name, 'Write your name, or choose another way to speak');
  if (asksContact(draft)) {
    owed('contact.channel', draft.channel, 'Choose how we can reach you');
    owed('contact.address', draft.address, 'Write where we can reach you, or choose another way to speak');
  }
  if (draft.onBehalf) {
    owed('onBehalfOf.relation', draft.relation, 'Choose how you speak for them');
    owed('onBehalfOf.agreed', draft.agreed, 'Choose if they know that you are writing');
  }
  if (draft.hide === 'teams' && draft.hiddenTeams.length === 0) {
    wrong.push({ field: 'notSeenBy', message: 'Choose the team that must not see this' });
  }
  return wrong;
}

/** The draft as POST /api/intake/inputs takes it: what was not chosen is left out. */
export function toInput(draft: Draft): NewInput {
  return {
    orgId: draft.orgId,
    topic: draft.topic,
    kind: draft.kind as Kind,
    text: draft.text.trim(),
    role: draft.role,
    language: draft.language,
    anonymous: draft.way !== 'named',
    ...(draft.way === 'named' && { name: draft.name.trim() }),
    ...(asksContact(draft) && {
      contact: { channel: draft.channel, address: draft.address.trim(), textInMessage: draft.textInMessage },
    }),
    ...(draft.onBehalf && {
      onBehalfOf: { relation: draft.relation, agreed: draft.agreed === 'yes', receiptTo: draft.receiptTo },
      ...(draft.heardOn && { heardAt: new Date(`${draft.heardOn}T12:00:00`).toISOString() }),
    }),
    ...(draft.hide === 'school' && { notSeenBy: 'school' as const }),
    ...(draft.hide === 'teams' && { notSeenBy: draft.hiddenTeams }),
  };
}
