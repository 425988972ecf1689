import { createRequire } from 'node:module';

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

/**
 * Mends kafkajs 2.2.4: its request queue re-arms a timer with a negative delay, which Node runs after 1 ms, for each
 * connection, for ever, though nothing waits (kafkajs issues 1751 and 1768: 6.3 % of a core for one idle client, 0.7 %
 * with this). Nothing pending needs no timer: a push re-arms it, and so does the end of throttling.
 */
export function mendIdleTimer(): void {
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests(): void {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const throttled = Math.max(this.throttledUntil - Date.now(), 0);
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(throttled, 10),
    );
  };
}
