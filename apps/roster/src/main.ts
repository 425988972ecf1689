import { serve } from '#platform';
import { RosterModule } from './roster.module.js';

// A roster is up to 200 MB and comes over a school's line.
await serve({ name: 'roster', module: RosterModule, deadlineMs: 300_000 });
