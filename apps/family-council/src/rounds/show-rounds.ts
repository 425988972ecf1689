import { Controller, Get, Param, Query } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import { ConcernStore } from '../concerns/concern.store.js';
import { ConcernView, viewConcern } from '../concerns/concern-view.js';
import { CoverageView } from './log-contact.js';
import { contactedFamilies, coverageOf } from './round.js';
import type { ContactHow, ContactResult } from './round.js';
import { RoundStore } from './round.store.js';

export class RoundsQuery extends PageQuery {
  /** A representative sees their own rounds in any case. */
  @IsOptional() @IsIn(['true', 'false', '1', '0', '']) mine?: string;
}

export class RoundLine {
  roundId!: string;
  title!: string;
  orgId!: string;
  opensAt!: string;
  closesAt!: string;
  concerns!: number;
  coverage!: CoverageView;
}

export class RoundsResponse {
  items!: RoundLine[];
  next?: string;
}

export class FamilyView {
  familyRef!: string;
  language!: string;
  contactAllowed!: boolean;
  contacted!: boolean;
  reportedBack!: boolean;
}

export class ContactView {
  familyRef!: string;
  how!: ContactHow;
  result!: ContactResult;
  at!: string;
}

export class RoundResponse {
  roundId!: string;
  orgId!: string;
  title!: string;
  brief!: string;
  opensAt!: string;
  closesAt!: string;
  families!: FamilyView[];
  contacts!: ContactView[];
  concerns!: ConcernView[];
  coverage!: CoverageView;
}

@Controller('rounds')
export class ShowRoundsController {
  constructor(
    private readonly rounds: RoundStore,
    private readonly concerns: ConcernStore,
  ) {}

  @Get()
  @Allow(['representative'], 'own rounds')
  @Returns(200, RoundsResponse, 'The representative’s own rounds, newest first, with their coverage.')
  async list(
    @Query() { limit, cursor }: RoundsQuery,
    @Caller() { district, sub }: Caller,
  ): Promise<RoundsResponse> {
    const where = { representative: sub };
    const page = await this.rounds.list(district, { where, sort: { openedAt: -1 }, limit, cursor });
    const items = page.items.map(async ({ id, state }): Promise<RoundLine> => {
      const { title, orgId, opensAt, closesAt } = state;
      const concerns = await this.concerns.count(district, { roundId: id });
      return { roundId: id, title, orgId, opensAt, closesAt, concerns, coverage: coverageOf(state) };
    });
    return { ...page, items: await Promise.all(items) };
  }

  @Get(':id')
  @Allow(['representative'], 'own rounds')
  @Returns(
    200,
    RoundResponse,
    'One round: families, contacts, concerns with their answers, and coverage both ways.',
  )
  async show(@Param('id') id: string, @Caller() caller: Caller): Promise<RoundResponse> {
    const { state } = await this.rounds.own(caller, id);
    const { orgId, title, brief, opensAt, closesAt, families, contacts } = state;
    const contacted = contactedFamilies(state);
    const reportedBack = new Set(state.reportedBack);
    const concerns = await this.concerns.ofRound(caller.district, id);
    return {
      ...{ roundId: id, orgId, title, brief, opensAt, closesAt },
      families: families.map((family) => {
        const { familyRef } = family;
        return { ...family, contacted: contacted.has(familyRef), reportedBack: reportedBack.has(familyRef) };
      }),
      contacts: contacts.map(({ familyRef, how, result, at }) => ({ familyRef, how, result, at })),
      concerns: await Promise.all(concerns.map(viewConcern)),
      coverage: coverageOf(state),
    };
  }
}
