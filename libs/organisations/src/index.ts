export * from './follow-organisations.js';
export * from './organisation.js';
export * from './organisation.store.js';
export * from './organisation-tree.js';
export * from './organisations.module.js';
