import { readFileSync } from 'node:fs';

/** The demo people as the launcher's table shows them. */
export function demoSignIns() {
  const { people } = JSON.parse(readFileSync(new URL('people.json', import.meta.url), 'utf8'));
  return people.map(({ name, user, password, roles, where }) => ({
    name,
    user,
    password,
    role: roles[0],
    where,
  }));
}
