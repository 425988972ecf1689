import { describe as about, expect, it } from '@jest/globals';
import type { CaseAnswered, InputRaised } from '#contracts';
import { evolveInput, inputAggregate } from './input.js';
import type { Input, InputEvent } from './input.js';

const at = '2026-11-22T08:00:00.000Z';
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const raised = (facts: Partial<InputRaised> = {}): InputRaised => ({
  type: 'input.raised',
  inputId: 'input-1',
  origin: 'intake',
  orgId: 'school',
  topic: 'meals',
  kind: 'concern',
  lane: 'open',
  voices: 1,
  language: 'en',
  anonymous: true,
  reachable: true,
  notSeenBy: [],
  raisedAt: at,
  sealed,
  ...facts,
});
const contact = { channel: 'email' as const, sealed, textInMessage: false };
const accepted: InputEvent = { type: 'accepted', at, digest: 'digest', receiptHash: 'hash', contact };
const answer: CaseAnswered = {
  type: 'case.answered',
  inputId: 'input-1',
  origin: 'intake',
  caseId: 'input-1',
  teamId: 'nutrition',
  answerNo: 1,
  outcome: 'done',
  participation: 'inform',
  language: 'en',
  by: 'ann',
  at,
  sealed,
};
const answered: InputEvent = { type: 'told', event: answer };
const inputOf = (...events: InputEvent[]): Input =>
  events.reduce<Input | undefined>((state, event) => evolveInput(state, event), undefined)!;

about('an input of intake', () => {
  it('is found by the hash of its receipt, and counted as open', () =>
    expect(inputAggregate.index(inputOf(raised(), accepted))).toEqual({
      receiptHash: 'hash',
      state: 'raised',
      open: true,
      acceptedAt: at,
    }));
  it('owes a letter when its originator left an address', () => {
    expect(inputOf(raised(), accepted, answered).letters).toHaveLength(1);
    expect(inputAggregate.wakeAt(inputOf(raised(), accepted, answered))).toBe(at);
  });
  it('owes none without', () => {
    const nobody: InputEvent = { type: 'accepted', at, digest: 'd', receiptHash: 'h' };
    expect(inputOf(raised(), nobody, answered).letters).toEqual([]);
    expect(inputAggregate.wakeAt(inputOf(raised(), nobody, answered))).toBe('2026-12-22T08:00:00.000Z');
  });
  it('owes none once it is withdrawn', () =>
    expect(
      inputOf(raised(), accepted, { type: 'input.withdrawn', inputId: 'input-1', at }, answered).letters,
    ).toEqual([]));
  it('forgets the address, the letters and every word when it is erased', () => {
    const gone = inputOf(raised(), accepted, answered, { type: 'input.erased', inputId: 'input-1', at });
    expect(gone.contact).toBeUndefined();
    expect(gone.letters).toEqual([]);
    expect(JSON.stringify(gone)).not.toContain(sealed);
    expect(gone.receiptHash).toBe('hash');
  });
  it('remembers the commands that it took', () =>
    expect(inputOf(raised(), accepted, { type: 'command-taken', id: 'c', digest: 'd' }).taken).toEqual([
      { id: 'c', digest: 'd' },
    ]));
});
