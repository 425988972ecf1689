import { expect, it } from '@jest/globals';
import { whatMay } from './me.js';

it('what one may do is the sum of the roles, each thing once', () =>
  expect(whatMay(['member', 'leader'])).toEqual(['speak-up', 'queue', 'answer', 'trace', 'report']));
