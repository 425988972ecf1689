import { Controller, Get, Param, Res } from '@nestjs/common';
import { KeyRing } from '#messaging';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, Returns } from '#platform';
import type { FastifyReply } from 'fastify';
import { isHiddenTeam } from '../routing/hidden.js';
import { RoutingSnapshot } from '../routing/routing.snapshot.js';
import { etag } from '../routing/versioned.js';
import { rowOf } from './case-row.js';
import { CaseView, wordsOf } from './case-view.js';
import { Desk } from './desk.js';
import { allowed } from './rules/may.js';

/** GET /api/casework/cases/{id} */
@Controller('cases')
export class ReadCase {
  constructor(
    private readonly desk: Desk,
    private readonly keys: KeyRing,
    private readonly tree: OrganisationTree,
    private readonly routing: RoutingSnapshot,
  ) {}

  /** 404 also for who is named in notSeenBy; 403 for another team's. The ETag is for the answer's If-Match. */
  @Get(':id')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseView, 'One case with its inputs, thread, notes, history and answers')
  async read(
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CaseView> {
    const { district } = caller;
    const { state, by } = await this.desk.open(caller, id);
    const words = await wordsOf(state, (inputId) => this.keys.keyOf(district, inputId));
    const clock = state.inputs[0]?.clock;
    const others = this.routing
      .teams(district)
      .filter((team) => team.teamId !== state.team?.teamId && !isHiddenTeam(state.hiddenFrom, team));
    reply.header('etag', etag(state.revision));
    return {
      ...rowOf(state, this.tree, new Date().toISOString()),
      ...(clock && { targets: { acknowledgeBy: clock.acknowledgeBy, answerBy: clock.answerBy } }),
      ...words,
      allowed: allowed(state, by),
      transferTo: others.map(({ teamId, name }) => ({ teamId, name })),
      version: state.revision,
    };
  }
}
