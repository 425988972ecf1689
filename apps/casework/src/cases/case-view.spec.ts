import { describe, expect, it } from '@jest/globals';
import { seal } from '#messaging';
import type { Key } from '#messaging';
import { wordsOf } from './case-view.js';
import type { Case } from './case.js';

describe('what a team reads of an input', () => {
  const key: Key = new Uint8Array(32).fill(7);
  const view = async (words: object, facts: object = {}) => {
    const input = { inputId: 'input-1', sealed: seal(key, words), ...facts };
    const state = { inputs: [input], thread: [], notes: [], history: [], answers: [] } as unknown as Case;
    return (await wordsOf(state, async () => key)).inputs[0];
  };
  it('is its words, and that the person was not asked, where somebody spoke for them', async () =>
    expect(await view({ text: 'She waits alone.', agreed: false }, { onBehalfOf: 'staff' })).toMatchObject({
      text: 'She waits alone.',
      onBehalfOf: 'staff',
      agreed: false,
    }));
  it('says nothing of agreement where everybody speaks for themselves', async () =>
    expect(await view({ text: 'I wait alone.' })).not.toHaveProperty('agreed'));
});
