import { describe, expect, it } from '@jest/globals';
import { InTurn } from './in-turn.js';

describe('in turn', () => {
  it('one after another for one key, beside each other for two', async () => {
    const turns = new InTurn();
    const said: string[] = [];
    const say = (key: string, word: string, ticks: number) =>
      turns.run(key, async () => {
        for (let i = 0; i < ticks; i += 1) await Promise.resolve();
        said.push(word);
      });
    await Promise.all([say('a', 'first', 20), say('a', 'second', 0), say('b', 'beside', 0)]);
    expect(said).toEqual(['beside', 'first', 'second']);
  });
  it('goes on after a failure, which is its caller’s alone', async () => {
    const turns = new InTurn();
    const failed = turns.run('a', () => Promise.reject(new Error('no')));
    const next = turns.run('a', () => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
