import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { Claims, RunningService, Stack } from '#testing';
import { CaseworkModule } from '../casework.module.js';

const it_: Claims = { roles: ['it'], orgs: ['d'] };
const teams = [
  { teamId: 'office', name: 'Office', orgId: 'd', email: 'office@moon.example.org' },
  { teamId: 'meals', name: 'Meals', orgId: 'd' },
];
const rules = [
  { ruleId: 'a', topic: 'meals', teamId: 'meals' },
  { ruleId: 'b', teamId: 'office' },
];

describe('teams and routing rules', () => {
  let stack: Stack;
  let service: RunningService;
  const get = (path: string, as = it_) =>
    service.call<{ rules: unknown[]; teams: unknown[]; topics: unknown[] }>('GET', `/api/casework/${path}`, {
      as,
    });
  const put = (path: string, body: unknown, ifMatch?: string) =>
    service.call<{ errors: { field: string; rule: string }[] }>('PUT', `/api/casework/${path}`, {
      as: it_,
      body,
      ...(ifMatch && { headers: { 'if-match': ifMatch } }),
    });
  const etagOf = async (path: string) => (await get(path)).headers.get('etag')!;

  beforeAll(async () => {
    stack = await realStack();
    service = await stack.service(CaseworkModule, 'casework');
    const at = new Date().toISOString();
    await stack.publish('roster', 'moon', {
      type: 'org.changed',
      orgId: 'd',
      name: 'Moon',
      level: 'district',
      active: true,
      at,
    });
    await eventually(async () => (await put('teams', { teams })).status === 200, 'the teams taken');
    expect((await put('routing-rules', { rules })).status).toBe(200);
  }, 60_000);
  afterAll(() => stack?.close());

  it('are versioned: If-Match is owed once there are any, and an old one is refused', async () => {
    const etag = await etagOf('teams');
    expect((await put('teams', { teams })).status).toBe(428);
    expect((await put('teams', { teams }, etag)).status).toBe(200);
    expect((await put('teams', { teams }, etag)).status).toBe(412);
    expect((await put('teams', { teams }, 'nonsense')).status).toBe(412);
  });

  it('may be sent back as they were read', async () => {
    const { body, headers } = await get('routing-rules');
    expect(body.topics).toHaveLength(8);
    expect((await put('routing-rules', body, headers.get('etag')!)).status).toBe(200);
  });

  it.each([
    [
      'an unknown team',
      { rules: [...rules, { ruleId: 'c', teamId: 'nobody' }] },
      'rules.2.teamId',
      'known-team',
    ],
    [
      'an unknown organisation',
      { rules: [{ ruleId: 'c', orgId: 'x', teamId: 'meals' }] },
      'rules.0.orgId',
      'known-organisation',
    ],
    ['an id twice', { rules: [rules[0], rules[0]] }, 'rules.1.ruleId', 'unique'],
    [
      'an unknown topic',
      { rules: [{ ruleId: 'c', topic: 'weather', teamId: 'meals' }] },
      'rules.0.topic',
      'isIn',
    ],
    ['an extra field', { rules: [{ ...rules[0], priority: 1 }] }, 'rules.0.priority', 'unknown-field'],
    [
      'another topic',
      {
        rules,
        topics: [{ id: 'meals', name: 'Food', participation: 'inform', acknowledgeDays: 1, answerDays: 5 }],
      },
      'topics',
      'as-published',
    ],
  ])('rules with %s are refused whole, naming the field', async (_, body, field, rule) => {
    const { headers, body: before } = await get('routing-rules');
    const refused = await put('routing-rules', body, headers.get('etag')!);
    expect(refused.status).toBe(422);
    expect(refused.body.errors[0]).toMatchObject({ field, rule });
    expect((await get('routing-rules')).body).toEqual(before);
  });

  it.each([
    [
      'an unknown organisation',
      { teams: [...teams, { teamId: 'x', name: 'X', orgId: 'x' }] },
      'teams.2.orgId',
      'known-organisation',
    ],
    ['an id twice', { teams: [...teams, teams[0]] }, 'teams.2.teamId', 'unique'],
    [
      'the built-in team',
      { teams: [...teams, { teamId: 'unassigned', name: 'X', orgId: 'd' }] },
      'teams.2.teamId',
      'unique',
    ],
    ['a team gone that a rule needs', { teams: [teams[0]] }, 'teams', 'in-use'],
    ['an operator object', { teams: [{ ...teams[0], name: { $gt: '' } }] }, 'teams.0.name', 'isLength'],
  ])('teams with %s are refused whole, naming the field', async (_, body, field, rule) => {
    const refused = await put('teams', body, await etagOf('teams'));
    expect(refused.status).toBe(422);
    expect(refused.body.errors[0]).toMatchObject({ field, rule });
    expect((await get('teams')).body.teams).toEqual(teams);
  });

  it('are for leads and IT alone', async () => {
    expect((await get('teams', { roles: ['lead'] })).status).toBe(200);
    expect((await get('teams', { roles: ['member'], teams: ['office'] })).status).toBe(403);
    expect((await get('routing-rules', { roles: ['leader'] })).status).toBe(403);
  });
});
