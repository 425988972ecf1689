import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Binary } from 'mongodb';
import { config } from '#platform';

/** 12 bytes nonce, 16 bytes tag, the rest; as written, and as it is read back. */
export type Sealed = Buffer | Binary;

/** Compresses and seals a text under a key made of HEARBACK_SECRET (AES-256-GCM). */
export function seal(text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf('rows'), nonce);
  const plain = zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error when the secret is another one, or the bytes were changed. */
export function unseal(sealed: Sealed): string {
  const bytes = Buffer.isBuffer(sealed) ? sealed : Buffer.from(sealed.buffer);
  const decipher = createDecipheriv('aes-256-gcm', keyOf('rows'), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return zstdDecompressSync(
    Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]),
  ).toString();
}

/** A name for a text that nobody can compute without the secret. */
export function digestOf(text: string): string {
  return createHmac('sha256', keyOf('names')).update(text).digest('base64url').slice(0, 24);
}

/** The key for fingerprints of rows; see staging/fingerprint.ts. */
export function fingerprintKey(): Buffer {
  return keyOf('fingerprints');
}

const keys = new Map<string, Buffer>();

function keyOf(use: 'names' | 'rows' | 'fingerprints'): Buffer {
  const known = keys.get(use);
  if (known) return known;
  const made = Buffer.from(hkdfSync('sha256', config().secret, '', `hearback roster ${use}`, 32));
  keys.set(use, made);
  return made;
}
