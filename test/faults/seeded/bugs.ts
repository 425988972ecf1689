import type { Bug } from './bug.js';
import { consumeBugs } from './consume-bugs.js';
import { publishBugs } from './publish-bugs.js';

/** Every promise that is broken on purpose. */
export const bugs: readonly Bug[] = [...publishBugs, ...consumeBugs];
