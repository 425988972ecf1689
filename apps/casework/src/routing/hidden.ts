/**
 * notSeenBy: who may neither open, find nor count a case. A case keeps marks: `team:ID`, `org:ID` (everyone of an
 * organisation) and `lead:ORG` (whoever leads an organisation's teams). A person is hidden from it when one of their
 * own marks is among them.
 */

/** The marks of a case. `school` hides the input's organisation and all below it, when it is a school. */
export function hiddenFromMarks(
  notSeenBy: readonly string[],
  place: { level?: string; within: readonly string[]; teams: readonly { teamId: string; orgId: string }[] },
): string[] {
  const marks = new Set<string>();
  for (const name of notSeenBy) {
    if (name === 'school') {
      // A district is no school: there is no level above it to go to, and hiding it would hide it from everyone.
      if (place.level === 'school')
        for (const orgId of place.within) marks.add(`org:${orgId}`).add(`lead:${orgId}`);
      continue;
    }
    marks.add(`team:${name}`);
    // Whoever leads the teams of that school leads this one; a district's lead leads many others and is not named.
    const orgId = place.teams.find((team) => team.teamId === name)?.orgId;
    if (orgId && place.level === 'school' && place.within.includes(orgId)) marks.add(`lead:${orgId}`);
  }
  return [...marks];
}

/** Whether a team is among those named. */
export function isHiddenTeam(
  hiddenFrom: readonly string[],
  team: { teamId: string; orgId: string },
): boolean {
  return hiddenFrom.includes(`team:${team.teamId}`) || hiddenFrom.includes(`org:${team.orgId}`);
}

/** A person's own marks: their teams, the organisations of those and of their token, and those that they lead. */
export function marksOf(person: {
  teams: readonly string[];
  orgs: readonly string[];
  teamOrgs: readonly string[];
  lead: boolean;
}): string[] {
  return [
    ...person.teams.map((id) => `team:${id}`),
    ...new Set([...person.orgs, ...person.teamOrgs].map((id) => `org:${id}`)),
    ...(person.lead ? person.orgs.map((id) => `lead:${id}`) : []),
  ];
}
