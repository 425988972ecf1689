/** What a broker answers when it will never take a message, however often it is sent. */
const types = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** Whether Kafka refused what was sent, rather than being away. */
export function isRefused(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { type?: unknown; cause?: unknown };
  return types.has(String(type)) || (cause !== undefined && isRefused(cause));
}
