import { serve } from '#platform';
import { CaseworkModule } from './casework.module.js';

await serve({ name: 'casework', module: CaseworkModule });
