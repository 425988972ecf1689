/** Tests run on what is shipped: the JavaScript in dist, without another transformation (docs/adr/0006). */
export default {
  testEnvironment: 'node',
  transform: {},
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  testTimeout: 30_000,
};
