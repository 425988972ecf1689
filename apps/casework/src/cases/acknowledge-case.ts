import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow, Caller, Returns, invalid } from '#platform';
import { CaseStanding, Desk } from './desk.js';
import { acknowledge } from './rules/work.js';

/** POST /api/casework/cases/{id}/acknowledge */
@Controller('cases')
export class AcknowledgeCase {
  constructor(private readonly desk: Desk) {}

  /** Again: 200, and nothing changes. By the team that the case is offered to: it accepts the transfer. */
  @Post(':id/acknowledge')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseStanding, 'A person of the team takes the case on')
  async acknowledge(
    @Param('id') id: string,
    @Body() request: object | undefined,
    @Caller() caller: Caller,
  ): Promise<CaseStanding> {
    // `{}`, or nothing at all: who and when is known. A class without fields cannot be validated.
    const [extra] = Object.keys(request ?? {});
    if (extra) throw invalid(extra, 'unknown-field', `${extra} is not a field of this request.`);
    const { by } = await this.desk.open(caller, id);
    const at = new Date().toISOString();
    return this.desk.change(caller, id, by, (state) => acknowledge(state, { by, at }));
  }
}
