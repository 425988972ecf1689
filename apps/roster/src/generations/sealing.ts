import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
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

const keys = new Map<string, Buffer>();

/**
 * A key of the roster's own, made of HEARBACK_SECRET: for sealed rows, for names of chunks (row-chunks.ts), for
 * fingerprints of values that are not kept (staging/fingerprint.ts), for people's ids elsewhere (links/person-id.ts).
 */
export function keyOf(use: 'names' | 'rows' | 'fingerprints' | 'people'): Buffer {
  const known = keys.get(use);
  if (known) return known;
  const made = Buffer.from(hkdfSync('sha256', config().secret, '', `hearback roster ${use}`, 32));
  keys.set(use, made);
  return made;
}
