import { createRequire } from 'node:module';

interface InFlight {
  sentAt: number;
  requestTimeout: number;
  timeoutRequest(): void;
}

interface RequestQueue {
  pending: unknown[];
  inflight: Map<number, InFlight>;
  enforceRequestTimeout: boolean;
  isConnected(): boolean;
  destroy(): void;
  scheduleRequestTimeoutCheck(): void;
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

const lookForTimeoutsMs = 1_000;
/** The queues of connections that are open, and the one timer that looks at them. */
const open = new Set<RequestQueue>();
let looking: NodeJS.Timeout | undefined;

/**
 * Mends kafkajs 2.2.4: its request queue re-arms a timer with a negative delay, which Node runs after 1 ms, for each
 * connection, for ever, though nothing waits (kafkajs issues 1751 and 1768: 6.3 % of a core for one idle client, 0.7 %
 * with this). Nothing pending needs no timer: a push re-arms it, and so does the end of throttling. And each connection
 * looks for requests that took too long ten times a second; against time-outs of many seconds, once is enough, and one
 * timer for all connections: a process at rest has twenty or thirty of them, and to wake up is most of what it does.
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
  prototype.scheduleRequestTimeoutCheck = function scheduleRequestTimeoutCheck(): void {
    if (!this.enforceRequestTimeout) return;
    open.add(this);
    looking ??= setInterval(lookForTimeouts, lookForTimeoutsMs);
  };
  prototype.destroy = function destroy(): void {
    if (this.throttleCheckTimeoutId) clearTimeout(this.throttleCheckTimeoutId);
    this.throttleCheckTimeoutId = null;
    open.delete(this);
    if (open.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };
}

function lookForTimeouts(): void {
  for (const queue of open) {
    for (const request of queue.inflight.values()) {
      if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
    }
    if (!queue.isConnected()) queue.destroy();
  }
}
