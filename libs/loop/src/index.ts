export * from './calendar.js';
export * from './clock.js';
export * from './closure.js';
export * from './decide.js';
export * from './evolve.js';
export * from './loop.js';
export * from './rules.js';
export * from './take.js';
