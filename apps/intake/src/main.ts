import { serve } from '#platform';
import { IntakeModule } from './intake.module.js';

await serve({ name: 'intake', module: IntakeModule });
