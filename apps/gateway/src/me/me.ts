import { Controller, Get } from '@nestjs/common';
import { Allow, Caller, Returns, districtFacts, tokenRoles } from '#platform';
import type { TokenRole } from '#platform';

/** What each role may do, as screens and actions; the services decide for themselves, this is for showing. */
const mayOf: Record<TokenRole, readonly string[]> = {
  student: ['speak-up', 'join-session'],
  adviser: ['speak-up', 'sessions'],
  representative: ['speak-up', 'rounds'],
  member: ['speak-up', 'queue', 'answer', 'trace'],
  lead: ['speak-up', 'queue', 'answer', 'lower-participation', 'teams', 'routing-rules'],
  leader: ['speak-up', 'report', 'trace'],
  it: ['teams', 'routing-rules', 'roster', 'parked', 'reconciliation'],
  import: ['import-inputs'],
  partner: ['partner-inputs'],
};

export class MeResponse {
  sub!: string;
  name!: string;
  district!: string;
  districtName!: string;
  roles!: TokenRole[];
  orgs!: string[];
  teams!: string[];
  /** Screens and actions that the roles open. */
  may!: string[];
}

@Controller('api/me')
export class MeController {
  @Get()
  @Allow(tokenRoles, 'district')
  @Returns(200, MeResponse, 'Who is signed in, and what they may do')
  me(@Caller() { sub = '', name = sub, district, roles, orgs, teams }: Caller): MeResponse {
    const districtName = districtFacts(district).name;
    return { sub, name, district, districtName, roles, orgs, teams, may: whatMay(roles) };
  }
}

export function whatMay(roles: readonly TokenRole[]): string[] {
  return [...new Set(roles.flatMap((role) => mayOf[role]))];
}
