import { Injectable } from '@nestjs/common';
import { NotPermitted, Unknown } from '#contracts';
import { AggregateStore, Messaging } from '#messaging';
import type { Aggregate, Loaded } from '#messaging';
import { codeHash, districtOfCode } from '#platform';
import type { Caller } from '#platform';
import { evolveSession } from './session.js';
import type { Session, SessionEvent } from './session.js';

export const sessions: Aggregate<Session, SessionEvent> = {
  name: 'sessions',
  evolve: evolveSession,
  index: ({ adviser, openedAt, codes }) => ({ adviser, openedAt, codes }),
};

/** A session's secret is the wrapped key of its responses: without it, nobody reads them again. */
@Injectable()
export class SessionStore extends AggregateStore<Session, SessionEvent> {
  constructor(messaging: Messaging) {
    super(messaging, sessions, { indexes: [{ adviser: 1, openedAt: -1 }, { codes: 1 }] });
  }

  /** The session of its adviser. Unknown (404) in another district, NotPermitted (403) for another adviser. */
  async own(caller: Caller, sessionId: string): Promise<Loaded<Session>> {
    const found = await this.load(caller.district, sessionId);
    if (!found) throw new Unknown('session');
    if (found.state.adviser !== caller.sub) throw new NotPermitted('this session is another adviser’s');
    return found;
  }

  /**
   * The session that a one-time code opens; with `sessionId`, only that one. Unknown (404) for any other code, and for
   * one of another district than the caller's, whether it exists there or not.
   */
  async opened(caller: Caller, sessionId?: string): Promise<Loaded<Session> & { codeHash: string }> {
    const code = caller.code ?? '';
    const hash = codeHash(code);
    const here = districtOfCode(code) === caller.district;
    const found = here && (await this.findBy(caller.district, { codes: hash }));
    if (!found || (sessionId !== undefined && found.id !== sessionId))
      throw new Unknown('session for this code');
    return { ...found, codeHash: hash };
  }
}
