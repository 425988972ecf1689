import { describe, expect, it } from '@jest/globals';
import { log, minute, rowOf } from './loop-logs.js';
import type { Told } from './loop-logs.js';
import { view } from './view.js';

const loop = (origin: Told[], casework: Told[] = []) =>
  view(rowOf(...log('intake', ...origin), ...log('casework', ...casework)).facts);
const state = (origin: Told[], casework: Told[] = []) => loop(origin, casework).state;

const raised: Told = { type: 'input.raised' };
const routed: Told = { type: 'case.routed' };
const acknowledged: Told = { type: 'case.acknowledged' };
const answered = (answerNo: number, at = minute(3)): Told => ({ type: 'case.answered', answerNo, at });
const planned: Told = { type: 'case.answered', answerNo: 1, outcome: 'planned', promiseDate: '2026-12-01' };
const delivered = (answerNo: number): Told => ({ type: 'answer.delivered', answerNo });
const confirmed = (answerNo: number): Told => ({ type: 'closure.confirmed', answerNo });
const disputed = (answerNo: number): Told => ({ type: 'closure.disputed', answerNo });
const silent = (answerNo: number): Told => ({ type: 'closure.unconfirmed', answerNo });
const withdrawn: Told = { type: 'input.withdrawn' };
const reopened = (cause: 'team' | 'dispute'): Told => ({ type: 'case.reopened', cause });

describe('the state of a loop', () => {
  it('goes from raised to confirmed', () => {
    expect(state([raised])).toBe('raised');
    expect(state([raised], [routed])).toBe('routed');
    expect(state([raised], [routed, acknowledged])).toBe('acknowledged');
    expect(state([raised], [routed, acknowledged, answered(1)])).toBe('answered');
    expect(state([raised, delivered(1)], [routed, acknowledged, answered(1)])).toBe('delivered');
    expect(state([raised, delivered(1), confirmed(1)], [routed, acknowledged, answered(1)])).toBe(
      'confirmed',
    );
  });

  it('is known before the origin has spoken, and counted only after', () => {
    expect(loop([], [routed])).toMatchObject({ state: 'routed', open: true });
    expect(loop([], [routed]).raised).toBeUndefined();
  });

  it('keeps its state while it is transferred', () => {
    expect(loop([raised], [routed, acknowledged, { type: 'case.transferred' }])).toMatchObject({
      state: 'acknowledged',
      teamId: 'nutrition',
    });
  });

  it('counts a reply for the newest answer alone', () => {
    expect(state([raised, delivered(1), confirmed(1)], [routed, answered(1), answered(2)])).toBe('answered');
    expect(state([raised, delivered(1), disputed(1), delivered(2)], [routed, answered(1), answered(2)])).toBe(
      'delivered',
    );
  });

  it('believes an origin that names an answer before casework has told of it', () => {
    expect(state([raised, delivered(1)], [routed])).toBe('delivered');
  });

  it('lets the last word on the newest answer win until the team acts', () => {
    expect(state([raised, delivered(1), confirmed(1), disputed(1)], [routed, answered(1)])).toBe('disputed');
    expect(
      state([raised, delivered(1), disputed(1), confirmed(1)], [routed, answered(1), reopened('dispute')]),
    ).toBe('confirmed');
    expect(state([raised, delivered(1), confirmed(1)], [routed, answered(1), reopened('team')])).toBe(
      'acknowledged',
    );
  });

  it('stays disputed when team and originator open it again at the same time', () => {
    expect(state([raised, delivered(1), disputed(1)], [routed, answered(1), reopened('team')])).toBe(
      'disputed',
    );
  });

  it('takes silence for a close, and a late word for more than silence', () => {
    expect(state([raised, delivered(1), silent(1)], [routed, answered(1)])).toBe('unconfirmed');
    expect(state([raised, delivered(1), silent(1), confirmed(1)], [routed, answered(1)])).toBe('confirmed');
    expect(state([raised, delivered(1), silent(1), disputed(1)], [routed, answered(1)])).toBe('disputed');
  });

  it('closes a disputed loop whose originator was erased', () => {
    expect(
      state([raised, delivered(1), disputed(1), silent(1), { type: 'input.erased' }], [routed, answered(1)]),
    ).toBe('unconfirmed');
  });

  it('closes an erased loop that the team took back, once its origin has heard', () => {
    const erased: Told = { type: 'input.erased' };
    const team = [routed, answered(1), reopened('team')];
    expect(state([raised, delivered(1), silent(1), erased], team)).toBe('acknowledged');
    expect(state([raised, delivered(1), silent(1), erased, silent(1)], team)).toBe('unconfirmed');
  });

  it('lets a withdrawal win over work that is not yet delivered', () => {
    expect(state([raised, withdrawn], [routed, acknowledged, answered(1)])).toBe('withdrawn');
    expect(
      state([raised, delivered(1), withdrawn], [routed, answered(1), reopened('team'), answered(2)]),
    ).toBe('withdrawn');
  });

  it('never lets a withdrawal win over the later word of the originator', () => {
    expect(state([raised, withdrawn, confirmed(1)], [routed, answered(1)])).toBe('confirmed');
  });

  it('leaves a plan open until its date, accepted or not', () => {
    expect(loop([raised, delivered(1)], [routed, planned])).toMatchObject({ state: 'promised', open: true });
    expect(loop([raised, delivered(1), confirmed(1)], [routed, planned])).toMatchObject({
      state: 'promised',
      open: true,
    });
    expect(state([raised, delivered(1), disputed(1)], [routed, planned])).toBe('disputed');
  });

  it('needs nothing more of anybody once the thanks for praise are delivered', () => {
    const praise: Told = { type: 'input.raised', kind: 'praise' };
    expect(loop([praise, delivered(1)], [routed, answered(1)])).toMatchObject({
      state: 'delivered',
      open: false,
    });
  });

  it('is restricted from the start or later', () => {
    expect(loop([{ type: 'input.raised', lane: 'restricted' }]).restricted).toBe(true);
    expect(loop([raised, { type: 'input.restricted' }]).restricted).toBe(true);
  });
});

describe('the times of a loop', () => {
  it('run from raised to a person, to the first human reply and to the last answer', () => {
    const { durations, negative } = loop(
      [raised],
      [
        { type: 'case.routed', at: minute(1) },
        { type: 'case.acknowledged', at: minute(5) },
        { type: 'case.message', at: minute(10) },
        answered(1, minute(20)),
        answered(2, minute(30)),
      ],
    );
    expect(durations).toEqual({ routing: 60, acknowledgement: 300, firstResponse: 600, answer: 1800 });
    expect(negative).toEqual([]);
  });

  it('have no answer time while the clock runs again', () => {
    expect(
      loop([raised, delivered(1), disputed(1)], [routed, answered(1), reopened('dispute')]).durations.answer,
    ).toBeUndefined();
  });

  it('count a negative duration as 0 and say so', () => {
    const { durations, negative } = loop(
      [{ type: 'input.raised', raisedAt: minute(2) }],
      [{ type: 'case.routed', at: minute(1) }],
    );
    expect(durations.routing).toBe(0);
    expect(negative).toEqual(['routing']);
  });
});
