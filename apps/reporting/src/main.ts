import { serve } from '#platform';
import { ReportingModule } from './reporting.module.js';

await serve({ name: 'reporting', module: ReportingModule });
