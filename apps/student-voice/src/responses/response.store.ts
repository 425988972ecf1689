import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging, unseal, unwrap } from '#messaging';
import type { Aggregate, Loaded } from '#messaging';
import type { District } from '#platform';
import { MOST_CODES } from '../sessions/session.js';
import type { Session } from '../sessions/session.js';
import { evolveResponse } from './response.js';
import type { Response, ResponseGiven, ResponseWords } from './response.js';

export const responses: Aggregate<Response, ResponseGiven> = {
  name: 'responses',
  evolve: evolveResponse,
  index: ({ sessionId }) => ({ sessionId }),
};

export class ResponseView {
  responseId!: string;
  /** One answer a question; empty where it was skipped. */
  answers!: string[];
  /** The number of its code; only in a session that is not anonymous. */
  codeNo?: number;
}

@Injectable()
export class ResponseStore extends AggregateStore<Response, ResponseGiven> {
  constructor(messaging: Messaging) {
    super(messaging, responses, { indexes: [{ sessionId: 1 }] });
  }

  /** All responses of a session in words, in the order of their ids: an order that says nothing about time. */
  async read(district: District, session: Loaded<Session>): Promise<ResponseView[]> {
    const { items } = await this.list(district, { where: { sessionId: session.id }, limit: MOST_CODES });
    const key = session.secret && unwrap(session.secret);
    if (!key) return [];
    return Promise.all(
      items.map(async ({ id, state: { sealed, codeNo } }) => {
        const { answers } = await unseal<ResponseWords>(key, sealed);
        return { responseId: id, answers, ...(codeNo && { codeNo }) };
      }),
    );
  }
}
