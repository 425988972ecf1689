import { Controller, Get, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { NotPermitted, caseStates } from '#contracts';
import type { CaseState, InputWords } from '#contracts';
import { KeyRing, unseal } from '#messaging';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import type { District } from '#platform';
import { startOfDay } from './calendar.js';
import type { Case } from './case.js';
import { CaseRow, rowOf } from './case-row.js';
import { CaseStore } from './case.store.js';
import { Desk } from './desk.js';

const dues = ['overdue', 'today', 'week'] as const;

export class QueueQuery extends PageQuery {
  /** One of this person's teams; all of them without it. */
  @IsOptional() @IsString() @Length(1, 64) team?: string;
  /** `true`: only what is assigned to this person. */
  @IsOptional() @IsIn(['true', 'false']) mine?: 'true' | 'false';
  @IsOptional() @IsIn(caseStates) state?: CaseState;
  /** What is late, or due before the day (the next seven days) ends in the district. */
  @IsOptional() @IsIn(dues) due?: (typeof dues)[number];
  @IsOptional() @IsString() @Length(1, 128) inputId?: string;
}

export class CasePage {
  items!: CaseRow[];
  next?: string;
}

/** GET /api/casework/cases */
@Controller('cases')
export class ReadCases {
  constructor(
    private readonly cases: CaseStore,
    private readonly desk: Desk,
    private readonly tree: OrganisationTree,
    private readonly keys: KeyRing,
  ) {}

  /** What is due first comes first; what owes nothing comes last. Cases hidden by notSeenBy are not among them. */
  @Get()
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CasePage, 'The queue of this person’s teams')
  async read(@Query() query: QueueQuery, @Caller() caller: Caller): Promise<CasePage> {
    const by = await this.desk.by(caller);
    const { team, mine, state, inputId, due } = query;
    if (team && !by.teams.includes(team)) throw new NotPermitted(`You are not of the team ${team}.`);
    const now = new Date().toISOString();
    const where: Record<string, unknown> = {
      teams: team ?? { $in: by.teams },
      hiddenFrom: { $nin: by.marks },
      ...(mine === 'true' && { assignee: by.userId }),
      ...(state && { state }),
      ...(inputId && { inputs: inputId }),
      ...(due && whenDue(caller.district, due, now, state)),
    };
    const { limit, cursor } = query;
    const page = await this.cases.list(caller.district, {
      where,
      sort: { due: 1 },
      limit,
      ...(cursor && { cursor }),
    });
    const items = await Promise.all(
      page.items.map(async ({ state: one }) => {
        const excerpt = await this.excerptOf(caller.district, one);
        return { ...rowOf(one, this.tree, now), ...(excerpt && { excerpt }) };
      }),
    );
    return { items, ...(page.next && { next: page.next }) };
  }

  private async excerptOf(district: District, { inputs: [first] }: Case): Promise<string | undefined> {
    if (!first?.sealed || first.erased) return undefined;
    const key = await this.keys.keyOf(district, first.inputId);
    if (!key) return undefined;
    const words = ((await unseal<InputWords>(key, first.sealed)).text ?? '').replaceAll(/\s+/g, ' ').trim();
    return words.length > excerptLength ? `${words.slice(0, excerptLength - 1).trimEnd()}…` : words;
  }
}

const excerptLength = 110;

function whenDue(
  district: District,
  due: (typeof dues)[number],
  now: string,
  state?: CaseState,
): Record<string, unknown> {
  // While the team waits for the originator nothing is late.
  if (due === 'overdue')
    return { due: { $lt: now }, state: state && state !== 'open' ? { $in: [] } : 'open' };
  return { due: { $lt: startOfDay(district, now, due === 'today' ? 1 : 7) } };
}
