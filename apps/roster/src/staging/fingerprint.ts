import { hash } from 'node:crypto';

/** Eleven characters that change when a value changes, and from which nobody without the key can guess a value. */
export type Fingerprint = (values: readonly string[]) => string;

/** @param key at least 32 bytes. SHA-256 of key and values, cut to 66 bits. */
export function fingerprintWith(key: Uint8Array): Fingerprint {
  const prefix = Buffer.from(key).toString('base64url');
  return (values) => hash('sha256', prefix + values.join('\u001f'), 'base64url').slice(0, 11);
}
