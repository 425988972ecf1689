import { get } from './client';

export type TokenRole =
  'student' | 'adviser' | 'representative' | 'member' | 'lead' | 'leader' | 'it' | 'import' | 'partner';

/** GET /api/me: who is signed in; 401 when nobody is. */
export interface Me {
  sub: string;
  name: string;
  district: string;
  districtName?: string;
  roles: TokenRole[];
  orgs: string[];
  teams: string[];
  may?: string[];
}

export const fetchMe = () => get<Me>('/api/me');

/** The API tells no names of other people on the team: their account stands for them. */
export const personName = (userId: string, me: Me) => (userId === me.sub ? 'You' : userId);

/** Ends the browser's session. The answer may be a redirect to the issuer: it is not followed. */
export async function signOut(): Promise<void> {
  await fetch('/auth/sign-out', { method: 'POST', credentials: 'same-origin', redirect: 'manual' });
}
