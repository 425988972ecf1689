import { createHmac } from 'node:crypto';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';
import { RuleBroken } from '#contracts';
import { seal, unseal, unwrap } from '#messaging';
import { Allow, Caller, Idempotent, Returns, config, sameBody } from '#platform';
import type { Command } from '#platform';
import { codeNoOf, takeResponse } from '../sessions/session.js';
import { SessionStore } from '../sessions/session.store.js';
import { InTurn } from './in-turn.js';
import type { ResponseWords } from './response.js';
import { ResponseStore } from './response.store.js';

/** Characters of one response, over all its answers. */
const longestResponse = 10_000;

export class GiveResponseRequest {
  /** One answer for each question, in their order; an empty one skips the question. Up to 10,000 characters in all. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(0, longestResponse, { each: true })
  answers!: string[];
}

export class ResponseGivenResponse {
  responseId!: string;
}

@Controller('sessions')
export class GiveResponseController {
  private readonly turns = new InTurn();

  constructor(
    private readonly sessions: SessionStore,
    private readonly responses: ResponseStore,
  ) {}

  @Post(':id/responses')
  @Allow('session')
  @Returns(
    201,
    ResponseGivenResponse,
    'Takes one response for one code; 409 for a second one, but a replay gets the same answer.',
  )
  async give(
    @Param('id') id: string,
    @Body() { answers }: GiveResponseRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ResponseGivenResponse> {
    if (charactersOf(answers) > longestResponse) {
      const most = `answers may have ${longestResponse} characters in all`;
      throw new RuleBroken('answers', `at-most-${longestResponse}-characters`, most);
    }
    const { codeHash, state, secret } = await this.sessions.opened(caller, id);
    const { district } = caller;
    const responseId = responseIdOf(command);
    await this.turns.run(`${district}/${id}`, () =>
      this.sessions.change(district, id, (session) =>
        takeResponse(session, { codeHash, responseId, answers }, new Date().toISOString()),
      ),
    );
    const codeNo = codeNoOf(state, codeHash);
    const key = unwrap(secret!);
    const given = await this.responses.create(district, responseId, [
      {
        type: 'response.given',
        sessionId: id,
        sealed: seal(key, { answers }),
        ...(codeNo && { codeNo }),
      },
    ]);
    if (!given.created) {
      const first = await unseal<ResponseWords>(key, given.state.sealed);
      if (JSON.stringify(first.answers) !== JSON.stringify(answers)) sameBody(command, undefined);
    }
    return { responseId };
  }
}

/** Characters as people count them, and as every other limit does: an emoji is one. */
export function charactersOf(answers: string[]): number {
  return [...answers.join('')].length;
}

/**
 * An HMAC of code and Idempotency-Key (both are in the command's id). The key is made and kept by the participant, so
 * not even someone with the codes, the database and the master secret can tell whose response it is; but the
 * participant's own retry names the same response.
 */
export function responseIdOf(command: Command): string {
  const mac = createHmac('sha256', config().secret).update(`response:${command.id}`).digest('base64url');
  return mac.slice(0, 22);
}
