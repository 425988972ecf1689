import { describe, expect, it } from '@jest/globals';
import { en } from './words.en.js';
import { es } from './words.es.js';

describe('who reads it', () => {
  it('names the leads of the school and the district beside the team, in both languages', () => {
    expect(en.readers).toMatch(/team that is responsible.*lead that team’s school.*lead the district/);
    expect(es.readers).toMatch(/equipo responsable.*dirigen la escuela.*dirigen el distrito/);
  });
  it('promises of nobody that they do not read it who may', () => {
    expect(en.notReaders).not.toMatch(/nobody else/i);
    expect(es.notReaders).not.toMatch(/nadie más/i);
  });
});
