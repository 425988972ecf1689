import { Controller, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow, Caller, Returns, districtFacts } from '#platform';
import { dateIn } from '../imports/date-in.js';
import { sentCsv } from '../oneroster/sent-csv.js';
import { tell } from '../orgs/org.js';
import { OrgStore } from '../orgs/org.store.js';
import { readGroupCounts } from './read-group-counts.js';

const mostBytes = 10 * 2 ** 20;

export class GroupCountsTaken {
  rows!: number;
  organisations!: number;
}

/** Numbers by group for districts whose student information system has none, or keeps them to itself. */
@Controller('group-counts')
export class ReceiveGroupCountsController {
  constructor(private readonly orgs: OrgStore) {}

  /**
   * Takes one CSV file (at most 10 MB) with the columns organisation, group, count and date, a row for each organisation
   * and group: a published group, or `language:` and a tag. No people are in it. Everything in it is taken, or nothing:
   * 422 names each row that breaks a rule. An older number than is known changes nothing; the same file again neither.
   */
  @Post()
  @Allow(['it'], 'district')
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } },
  })
  @Returns(200, GroupCountsTaken, 'Tells how many students of each group an organisation has')
  async receive(@Req() request: FastifyRequest, @Caller() { district }: Caller): Promise<GroupCountsTaken> {
    const file = await sentCsv(request, mostBytes);
    const known = await this.orgs.active(district);
    const today = dateIn(districtFacts(district).timeZone);
    const { rows, byOrganisation } = await readGroupCounts(file, known, today);
    for (const [orgId, said] of byOrganisation)
      await this.orgs.change(district, orgId, (state) =>
        state.counts ? tell({ ...state, counts: state.counts }, said, today, new Date().toISOString()) : [],
      );
    return { rows, organisations: byOrganisation.size };
  }
}
