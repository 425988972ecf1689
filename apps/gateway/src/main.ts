import { serve } from '#platform';
import { GatewayModule } from './gateway.module.js';

// Each service has a deadline of its own; this is that of the slowest, a roster that is uploaded.
await serve({ name: 'gateway', module: GatewayModule, deadlineMs: 300_000 });
