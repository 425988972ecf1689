import type { Kind, Role, Standing } from '#contracts';

/** Names of the form's choices in one language. */
export interface FormWords {
  topics: Record<string, string>;
  kinds: Record<Kind, string>;
  roles: Record<Role, string>;
  standings: Record<Standing, string>;
  groups: Record<GroupId, string>;
  channels: { email: string };
  readers: string;
  notReaders: string;
  notLive: string;
  crisis: {
    emergency: string;
    lifeline: string;
    district: string;
    districtName: string;
    lifelineContact: string;
  };
}

/**
 * The district's published groups: whom somebody may say they belong to, after the receipt and if they like. Reports
 * set them beside enrolment, so they are the groups that enrolment is counted by.
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

/** Languages in which input is read and answered, in their own names. */
export const languages: readonly { id: string; name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'es', name: 'Español' },
  { id: 'zh', name: '中文' },
  { id: 'tl', name: 'Tagalog' },
  { id: 'vi', name: 'Tiếng Việt' },
  { id: 'ko', name: '한국어' },
  { id: 'hy', name: 'Հայերեն' },
  { id: 'fa', name: 'فارسی' },
  { id: 'ar', name: 'العربية' },
  { id: 'ru', name: 'Русский' },
];
