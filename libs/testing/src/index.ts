export type { Call, Reply } from './call.js';
export * from './engines.js';
export * from './instance.js';
export * from './issuer.js';
export * from './own-engines.js';
export * from './proxy.js';
export * from './replica-set.js';
export * from './stack.js';
export * from './district.js';
