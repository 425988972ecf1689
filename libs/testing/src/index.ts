export * from './engines.js';
export * from './instance.js';
export * from './issuer.js';
export * from './stack.js';
export * from './district.js';
