import type { NextLevel, TeamRef } from '../cases/case.js';
import { isHiddenTeam } from './hidden.js';

/** A rule sends what matches all its conditions to a team. Without topic, role and language it is a fallback. */
export interface RoutingRule {
  ruleId: string;
  /** Of this organisation and all below it; none: of the whole district. */
  orgId?: string;
  topic?: string;
  role?: string;
  language?: string;
  teamId: string;
}

export interface Team extends TeamRef {
  /** Where the team is told that something came. */
  email?: string;
  /** Where its lead is told that something is late; the team's address without it. */
  leadEmail?: string;
}

/** What is routed: the input's facts, and its organisation with all above it, nearest first. */
export interface Placed {
  topic: string;
  role?: string;
  language: string;
  levels: readonly string[];
  /** The input's organisation and all below it. */
  within: readonly string[];
  /** Whether somebody is named in notSeenBy: then it starts one level up. */
  named: boolean;
  hiddenFrom: readonly string[];
}

export interface Route {
  team: TeamRef;
  /** The id of the rule that chose it, or `fallback`. */
  rule: string;
  nextLevel?: NextLevel;
}

/** Takes what no rule takes, so that nothing is ever unrouted; every lead of the district sees its cases. */
export const unassigned = 'unassigned';

/**
 * The team of an input. Most specific first:
 * 1. rules with a topic, role or language that match: of the nearest organisation first (the input's own, then each
 *    level up, then rules without one); at the same organisation topic outweighs role, and role outweighs language;
 * 2. fallbacks (rules without conditions): of the nearest organisation first, then the district's without one;
 * 3. any team of the top organisation; else `unassigned`.
 * Between equals the earlier rule wins. Where somebody is named in notSeenBy the way starts one level above the
 * input's organisation, and no team of that organisation, nor one that is named, is taken.
 */
export function route(rules: readonly RoutingRule[], teams: readonly Team[], input: Placed): Route {
  const [own, ...above] = input.levels;
  const excluded = input.named && above.length > 0;
  const levels = excluded ? above : input.levels;
  const usable = teams.filter(
    (team) => !isHiddenTeam(input.hiddenFrom, team) && !(excluded && input.within.includes(team.orgId)),
  );
  const rank = (rule: RoutingRule) => {
    const level = rule.orgId === undefined ? levels.length : levels.indexOf(rule.orgId);
    return { rule, level, specific: (rule.topic ? 4 : 0) + (rule.role ? 2 : 0) + (rule.language ? 1 : 0) };
  };
  const best = rules
    .map(rank)
    .filter(
      ({ rule, level }) => level >= 0 && matches(rule, input) && usable.some((t) => t.teamId === rule.teamId),
    )
    .sort(
      (a, b) =>
        Number(b.specific > 0) - Number(a.specific > 0) || a.level - b.level || b.specific - a.specific,
    )[0];
  const top = levels.at(-1) ?? own ?? '';
  const chosen =
    usable.find((team) => team.teamId === best?.rule.teamId) ?? usable.find((team) => team.orgId === top);
  if (!chosen) return { team: { teamId: unassigned, name: 'Unassigned', orgId: top }, rule: 'fallback' };
  const { teamId, name, orgId } = chosen;
  const nextLevel = nextLevelOf(rules, usable, orgId, input.levels);
  const rule = best?.rule.ruleId ?? 'fallback';
  return { team: { teamId, name, orgId }, rule, ...(nextLevel && { nextLevel }) };
}

/** The organisation above a team, with its fallback team: who is told of a miss. None at the top. */
export function nextLevelOf(
  rules: readonly RoutingRule[],
  usable: readonly Team[],
  orgId: string,
  levels: readonly string[],
): NextLevel | undefined {
  const above = levels.slice(levels.indexOf(orgId) + 1);
  if (!levels.includes(orgId) || above.length === 0) return undefined;
  for (const upper of above) {
    const fallbacks = rules.filter(({ topic, role, language }) => !topic && !role && !language);
    const ofIt = usable.filter((team) => team.orgId === upper);
    const team =
      ofIt.find(({ teamId }) => fallbacks.some((rule) => rule.orgId === upper && rule.teamId === teamId)) ??
      ofIt.find(({ teamId }) => fallbacks.some((rule) => !rule.orgId && rule.teamId === teamId)) ??
      ofIt[0];
    if (team) return { orgId: upper, teamId: team.teamId };
  }
  return { orgId: above[0]! };
}

function matches(rule: RoutingRule, input: Placed): boolean {
  return (
    (!rule.topic || rule.topic === input.topic) &&
    (!rule.role || rule.role === input.role) &&
    (!rule.language || sameLanguage(rule.language, input.language))
  );
}

/** A rule for `es` takes `es-MX`, too. */
function sameLanguage(wanted: string, spoken: string): boolean {
  const [a, b] = [wanted.toLowerCase(), spoken.toLowerCase()];
  return a === b || b.startsWith(`${a}-`);
}
