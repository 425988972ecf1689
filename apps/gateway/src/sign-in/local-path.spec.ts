import { expect, it } from '@jest/globals';
import { localPath } from './local-path.js';

const base = 'http://localhost:8080';
it.each(['/report?org=1#top', '/team/cases/7', '/'])('%s is a path of this site', (to) =>
  expect(localPath(to, base)).toBe(to),
);
it.each([
  undefined,
  '',
  'report',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  '/\t/evil.example',
  '/..//evil.example',
  '/auth/sign-in',
  `/${'x'.repeat(3_000)}`,
])('%s is not, and becomes the front page', (to) => {
  expect(localPath(to, base)).toBe('/');
});
