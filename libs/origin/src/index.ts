export * from './follow-case.js';
export * from './group-words.js';
export * from './inputs.js';
export * from './list-inputs.js';
export * from './loop-clock.js';
export * from './loop-view.js';
