import { config } from '#platform';

/** Where a receipt is opened; the code stands in the fragment, which no server sees. */
export function receiptLink(code: string): string {
  return `${config().publicUrl}/receipt#${code}`;
}
