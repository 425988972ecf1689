import type { GroupId, Kind, Role, Standing } from '#contracts';

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
