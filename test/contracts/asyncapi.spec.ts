import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { asyncApi } from '../../libs/contracts/src/asyncapi.js';

it('docs/asyncapi.yaml is what the contracts say now (else: npm run contracts:sync)', async () => {
  expect(readFileSync('docs/asyncapi.yaml', 'utf8')).toBe(await asyncApi());
});

it('docs/asyncapi.yaml is valid AsyncAPI 3', async () => {
  const { Parser } = (await import('@asyncapi/parser')).default;
  const { diagnostics } = await new Parser().parse(readFileSync('docs/asyncapi.yaml', 'utf8'));
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
}, 60_000);
