import { isHiddenTeam } from './hidden.js';
import type { Team } from './route.js';

/** Where a team is mailed to. None for a team that is gone, has no address, or may not know of the case. */
export function addressOf(
  teams: readonly Team[],
  { teamId, toLead, hiddenFrom }: { teamId: string; toLead?: boolean; hiddenFrom: readonly string[] },
): string | undefined {
  const team = teams.find((one) => one.teamId === teamId);
  if (!team || isHiddenTeam(hiddenFrom, team)) return undefined;
  return toLead ? (team.leadEmail ?? team.email) : team.email;
}
