import { RuleBroken } from '#contracts';

/**
 * Whether a command was taken before, by what is kept of it under its Idempotency-Key: then it changes nothing.
 * RuleBroken when it came with another body then.
 */
export function isRepeat(before: { digest: string } | undefined, command: { digest: string }): boolean {
  if (!before || before.digest === command.digest) return before !== undefined;
  throw new RuleBroken('Idempotency-Key', 'same-body', 'This Idempotency-Key was used with another body.');
}
