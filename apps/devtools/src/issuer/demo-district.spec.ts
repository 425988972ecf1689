import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { settingsFrom } from '../settings.js';
import { demoPeople, ROLES } from './people.js';

const { demo } = settingsFrom({});
const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(`${demo}/${name}`, 'utf8'));
/** The rows of one of our own OneRoster files; their only quoted fields are lists, which stay whole here. */
const rows = async (name: string) => {
  const [head = '', ...lines] = (await readFile(`${demo}/oneroster/${name}.csv`, 'utf8')).trim().split('\n');
  const cells = (line: string) =>
    (line.match(/("[^"]*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/,$/, ''));
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] ?? '', cell])));
};

describe('the demo district', () => {
  it('has somebody to sign in as for each role that people have', async () => {
    const roles = (await demoPeople(demo)).flatMap((person) => person.roles);
    expect(new Set(roles)).toEqual(new Set(ROLES.filter((role) => role !== 'import')));
  });

  it('shows in the launcher’s table who can really sign in', async () => {
    const people = await demoPeople(demo);
    const table = (await json('sign-ins.json')) as { where: string }[];
    expect(table).toEqual(
      people.map(({ name, user, password, roles }, i) => ({
        name,
        user,
        password,
        role: roles[0],
        where: table[i]?.where,
      })),
    );
  });

  it('routes to teams that exist, of organisations that exist, with a fallback for each of these', async () => {
    const orgs = (await rows('orgs')).map((org) => org['sourcedId']);
    const { teams } = (await json('teams.json')) as { teams: { teamId: string; orgId: string }[] };
    type Rule = { ruleId: string; orgId: string; topic?: string; role?: string; teamId: string };
    const { rules } = (await json('routing-rules.json')) as { rules: Rule[] };
    const teamIds = teams.map(({ teamId }) => teamId);
    expect(orgs).toEqual(expect.arrayContaining(teams.map(({ orgId }) => orgId)));
    expect(orgs).toEqual(expect.arrayContaining(rules.map(({ orgId }) => orgId)));
    expect(teamIds).toEqual(expect.arrayContaining(rules.map(({ teamId }) => teamId)));
    expect(new Set(rules.map(({ ruleId }) => ruleId)).size).toBe(rules.length);
    expect(
      rules
        .filter(({ topic, role }) => !topic && !role)
        .map(({ orgId }) => orgId)
        .sort(),
    ).toEqual(orgs.sort());
    const inTeams = (await demoPeople(demo)).flatMap((person) => person.teams);
    expect(teamIds).toEqual(expect.arrayContaining(inTeams));
  });

  it('has a roster in which every reference leads somewhere', async () => {
    const [orgs, users, roles, classes, enrollments] = await Promise.all(
      ['orgs', 'users', 'roles', 'classes', 'enrollments'].map(rows),
    );
    const ids = (table: Record<string, string>[] = []) => new Set(table.map((row) => row['sourcedId']));
    expect(ids(users).size).toBe(users?.length);
    for (const role of roles ?? []) {
      expect(ids(users)).toContain(role['userSourcedId']);
      expect(ids(orgs)).toContain(role['orgSourcedId']);
    }
    for (const one of enrollments ?? []) {
      expect(ids(users)).toContain(one['userSourcedId']);
      expect(ids(classes)).toContain(one['classSourcedId']);
    }
  });
});
