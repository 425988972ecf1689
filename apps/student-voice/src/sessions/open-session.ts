import { Body, Controller, Post } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, Length } from 'class-validator';
import { HasWords, IsId, IsInstant } from '#contracts';
import { newKey } from '#messaging';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, Idempotent, Returns, config, sameBody } from '#platform';
import type { Command } from '#platform';
import { openSession } from './session.js';
import { SessionStore } from './session.store.js';

export class OpenSessionRequest {
  /** The organisation that the session is about. */
  @IsId() orgId!: string;
  @IsString() @Length(1, 200) @HasWords() title!: string;
  /** One to twenty questions to the group, each up to 500 characters. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 500, { each: true })
  @HasWords({ each: true })
  questions!: string[];
  @IsInstant() opensAt!: string;
  @IsInstant() closesAt!: string;
  /** In an anonymous session nobody can tell which code a response came with. */
  @IsBoolean() anonymous!: boolean;
}

export class SessionOpenedResponse {
  sessionId!: string;
  /** Where a participant enters the code, or comes with it in the fragment. */
  joinUrl!: string;
}

@Controller('sessions')
export class OpenSessionController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly organisations: OrganisationTree,
  ) {}

  @Post()
  @Allow(['adviser'], 'own sessions')
  @Returns(
    201,
    SessionOpenedResponse,
    'Opens a listening session; codes for its participants are issued next.',
  )
  async open(
    @Body() request: OpenSessionRequest,
    @Caller() { district, sub }: Caller,
    @Idempotent() command: Command,
  ): Promise<SessionOpenedResponse> {
    const session = {
      ...request,
      opensAt: instant(request.opensAt),
      closesAt: instant(request.closesAt),
      adviser: sub!,
      digest: command.digest,
    };
    const before = await this.sessions.load(district, command.id);
    if (!before) await this.organisations.require(district, request.orgId);
    const { state } =
      before ??
      (await this.sessions.create(district, command.id, openSession(session, new Date().toISOString()), {
        secret: newKey().wrapped,
      }));
    sameBody(command, state.digest);
    return { sessionId: command.id, joinUrl: `${config().publicUrl}/voice/join` };
  }
}

/** With milliseconds, so that instants compare as text. */
function instant(text: string): string {
  return new Date(text).toISOString();
}
