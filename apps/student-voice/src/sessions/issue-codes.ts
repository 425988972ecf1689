import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsInt, Max, Min } from 'class-validator';
import { Allow, Caller, Idempotent, Returns, codeHash, codeOf } from '#platform';
import type { Command, District } from '#platform';
import { issueCodes } from './session.js';
import { SessionStore } from './session.store.js';

export class IssueCodesRequest {
  /** How many participants get one now. */
  @IsInt() @Min(1) @Max(200) count!: number;
}

export class IssuedCodesResponse {
  /** One for each participant. They are shown here and never again: only their hashes are kept. */
  codes!: string[];
  /** The number of the first of these; in a session that is not anonymous a response shows the number of its code. */
  firstNo!: number;
}

@Controller('sessions')
export class IssueCodesController {
  constructor(private readonly sessions: SessionStore) {}

  @Post(':id/codes')
  @Allow(['adviser'], 'own sessions')
  @Returns(
    201,
    IssuedCodesResponse,
    'Issues one-time codes, one a participant, with which each answers once.',
  )
  async issue(
    @Param('id') id: string,
    @Body() { count }: IssueCodesRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<IssuedCodesResponse> {
    await this.sessions.own(caller, id);
    const codes = Array.from({ length: count }, (_, i) => sessionCode(caller.district, `${command.id}:${i}`));
    const batch = { batchId: command.id, digest: command.digest, hashes: codes.map(codeHash) };
    const { state } = await this.sessions.change(caller.district, id, (session) =>
      issueCodes(session, batch, new Date().toISOString()),
    );
    const { firstNo } = state.batches.find(({ batchId }) => batchId === command.id)!;
    return { codes, firstNo };
  }
}

/**
 * For example `moon-V-7K3Q-9XZA-0B1C`: an HMAC (60 bits) of the command that issued it, so that a replay gives the
 * same codes and nobody has to store them.
 */
export function sessionCode(district: District, what: string): string {
  return `${district}-V-${codeOf(`session:${district}:${what}`).slice(0, 14)}`;
}
