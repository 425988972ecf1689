import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import type { CaseAnswered } from '#contracts';
import { evolveLoop, raise, wakeAt } from '#loop';
import type { LoopEvent, RaiseFacts } from '#loop';
import { AggregateStore, Messaging, MessagingModule } from '#messaging';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { FollowCase } from './follow-case.js';
import { Inputs } from './inputs.js';
import type { Looped } from './inputs.js';
import { ListInputsController } from './list-inputs.js';
import { LoopClock } from './loop-clock.js';

/** An origin with nothing of its own: what it takes to be one. */
@Injectable()
class NoteStore extends AggregateStore<Looped, LoopEvent> {
  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'notes',
      evolve: (state, event) => ({ loop: evolveLoop(state?.loop, event) }),
      wakeAt: ({ loop }) => wakeAt(loop),
    });
  }
}

@Module({
  imports: [
    MessagingModule.forService({
      service: 'intake',
      stores: [NoteStore],
      reads: { inputId: NoteStore },
      topics: ['casework'],
    }),
  ],
  controllers: [FollowCase, LoopClock, ListInputsController],
  providers: [{ provide: Inputs, useExisting: NoteStore }],
})
class NotesModule {}

const moon = trustedDistrict('moon');
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3_600_000).toISOString();

let stack: Stack;
let app: RunningService;

async function raised(inputId: string): Promise<void> {
  const facts: RaiseFacts = {
    ...{
      inputId,
      origin: 'intake',
      orgId: 'school',
      topic: 'meals',
      kind: 'concern',
      lane: 'open',
      voices: 1,
    },
    ...{ language: 'en', anonymous: true, reachable: true, notSeenBy: [], raisedAt: daysAgo(40), sealed },
  };
  await app.app.get(NoteStore, { strict: false }).create(moon, inputId, raise(facts, daysAgo(0)));
}

function answered(inputId: string, at: string): Promise<void> {
  const event: CaseAnswered = {
    ...{ type: 'case.answered', inputId, origin: 'intake', caseId: 'case-1', teamId: 'kitchen', answerNo: 1 },
    ...{ outcome: 'done', participation: 'inform', language: 'en', by: 'ann', at, sealed },
  };
  return stack.publish('casework', 'moon', event);
}

const asIt = { as: { roles: ['it'], sub: 'it-1' } };
const list = async () =>
  (await app.call<{ items: { inputId: string }[] }>('GET', '/api/intake/ops/inputs', asIt)).body.items;
const becomes = (inputId: string, state: string, open: boolean) =>
  eventually(async () => {
    const found = (await list()).find((one) => one.inputId === inputId);
    return found && expect.objectContaining({ state, open }).asymmetricMatch(found);
  }, `${inputId} ${state}`);

beforeAll(async () => {
  stack = await realStack();
  app = await stack.service(NotesModule, 'intake');
}, 120_000);

afterAll(() => stack?.close(), 60_000);

describe('what every origin does', () => {
  it('lists what it accepted, for IT alone', async () => {
    await raised('listed');
    const [item] = await list();
    expect(item).toMatchObject({ inputId: 'listed', state: 'raised', open: true });
    expect(await app.call('GET', '/api/intake/ops/inputs')).toMatchObject({ status: 401 });
  });

  it('follows its case', async () => {
    await raised('followed');
    await answered('followed', daysAgo(0));
    await becomes('followed', 'answered', true);
  });

  it('closes an answer that reached nobody for thirty days', async () => {
    await raised('silent');
    await answered('silent', daysAgo(31));
    await becomes('silent', 'unconfirmed', false);
  });
});
