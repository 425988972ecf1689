import { serve } from '#platform';
import { RosterModule } from './roster.module.js';

await serve({ name: 'roster', module: RosterModule });
