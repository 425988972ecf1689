import { describe, expect, it } from '@jest/globals';
import { judge } from './liveness.js';
import type { Signs } from './liveness.js';

const now = 1_000_000;
const patience = 60_000;
const ago = (seconds: number): number => now - seconds * 1_000;
const verdict = (signs: Partial<Signs>) =>
  judge({ lastFetchAt: ago(1), kafkaSince: ago(600), ...signs }, now, patience);

describe('a consumer', () => {
  it('that fetches and writes is well', () =>
    expect(verdict({ batchSince: ago(2) })).toEqual({ dead: false }));
  it.each<[string, Partial<Signs>, RegExp]>([
    ['whose batch hangs', { batchSince: ago(61) }, /one batch .* 61 s/],
    ['that fetches nothing', { lastFetchAt: ago(61) }, /nothing was fetched for 61 s/],
    ['that takes nothing of what waits', { laggingSince: ago(61) }, /events wait .* 61 s/],
    ['that cannot write', { troubled: { since: ago(61), reason: 'database lost' } }, /database lost/],
    [
      'that is out of its group with Kafka there',
      { outside: { since: ago(61), reason: 'crashed' } },
      /crashed/,
    ],
  ])('%s for longer than the patience is dead', (_, signs, reason) =>
    expect(verdict(signs)).toEqual({ dead: true, trouble: expect.stringMatching(reason) }),
  );
  it.each<[string, Partial<Signs>]>([
    ['whose batch takes long', { batchSince: ago(20) }],
    ['that has fetched nothing for a while', { lastFetchAt: ago(20) }],
    ['that has not written for a while', { troubled: { since: ago(1), reason: 'database lost' } }],
    ['that has just left its group', { outside: { since: ago(1), reason: 'crashed' } }],
  ])('%s is not ready, and lives', (_, signs) =>
    expect(verdict(signs)).toEqual({ dead: false, trouble: expect.any(String) }),
  );
  it('waits for Kafka as long as it takes', () =>
    expect(
      verdict({ outside: { since: ago(9_999), reason: 'Kafka is down' }, kafkaSince: undefined }),
    ).toEqual({
      dead: false,
      trouble: 'Kafka is down',
    }));
  it('whose fetch hangs because Kafka is gone waits, too', () =>
    expect(verdict({ lastFetchAt: ago(9_999), kafkaSince: undefined })).toEqual({ dead: false }));
  it('with a long batch in hand fetches nothing meanwhile, and is well', () =>
    expect(verdict({ batchSince: ago(14), lastFetchAt: ago(14) })).toEqual({ dead: false }));
  it.each<[string, Partial<Signs>]>([
    ['outside', { outside: { since: ago(9_999), reason: 'Kafka was down' } }],
    ['in a fetch', { lastFetchAt: ago(9_999) }],
  ])('that Kafka left %s has its whole patience to come back', (_, signs) =>
    expect(verdict({ ...signs, kafkaSince: ago(10) }).dead).toBe(false),
  );
});
