import { Controller, Get } from '@nestjs/common';
import { Allow, Caller, Returns } from '#platform';
import { stageOf } from './session.js';
import { SessionStore } from './session.store.js';

export class JoinedSessionResponse {
  sessionId!: string;
  title!: string;
  /** In the order in which a response answers them. */
  questions!: string[];
  opensAt!: string;
  closesAt!: string;
  anonymous!: boolean;
  stage!: 'not open yet' | 'open' | 'closed';
  /** This code has answered; it still opens the result. */
  answered!: boolean;
}

@Controller('sessions')
export class JoinSessionController {
  constructor(private readonly sessions: SessionStore) {}

  @Get('me')
  @Allow('session')
  @Returns(200, JoinedSessionResponse, 'What the session of this one-time code asks.')
  async join(@Caller() caller: Caller): Promise<JoinedSessionResponse> {
    const { id, state, codeHash } = await this.sessions.opened(caller);
    const { title, questions, opensAt, closesAt, anonymous } = state;
    const stage = stageOf(state, new Date().toISOString());
    const answered = state.used.includes(codeHash);
    return { sessionId: id, title, questions, opensAt, closesAt, anonymous, stage, answered };
  }
}
