import { serve } from '#platform';
import { FamilyCouncilModule } from './family-council.module.js';

await serve({ name: 'family-council', module: FamilyCouncilModule });
