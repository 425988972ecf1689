import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomFillSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { compactDecrypt } from 'jose';
import { config } from '#platform';

/** 32 bytes that seal the words of one input. */
export type Key = Uint8Array & { readonly __key?: true };

/** A wrapped key is `v1.` and base64url of AES-256-KW (RFC 3394) under a key derived from the master secret. */
const wrapping = 'id-aes256-wrap';
const wrapIv = Buffer.from('A6A6A6A6A6A6A6A6', 'hex');

/** Asked for in large pieces, because each question costs as much as sealing. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** New random bytes; the caller's own copy. */
function fresh(length: number): Uint8Array {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = new Uint8Array(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}

/** A new key, and the form in which it is stored and travels. */
export function newKey(): { key: Key; wrapped: string } {
  const key = fresh(32) as Key;
  return { key, wrapped: wrap(key) };
}

export function wrap(key: Key): string {
  const cipher = createCipheriv(wrapping, keyEncryptionKey(), wrapIv);
  return `v1.${Buffer.concat([cipher.update(key), cipher.final()]).toString('base64url')}`;
}

/** @throws Error when it was wrapped under another master secret, or is damaged. */
export function unwrap(wrapped: string): Key {
  const decipher = createDecipheriv(wrapping, keyEncryptionKey(), wrapIv);
  const bytes = Buffer.from(wrapped.slice(3), 'base64url');
  return new Uint8Array(Buffer.concat([decipher.update(bytes), decipher.final()]));
}

/** RFC 7515's base64url of the protected header; as ASCII it is what is authenticated beside the words. */
const header = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url');
const authenticated = Buffer.from(header, 'ascii');

/**
 * Seals words (any JSON object) as a compact JWE (RFC 7516): `dir`, A256GCM. Written out here because jose goes through
 * WebCrypto's thread pool, 120 µs against 9, for every input; jose reads it back.
 */
export function seal(key: Key, words: object): string {
  const iv = fresh(12);
  // As a KeyObject: from plain bytes Node makes one the long way, which costs twice what sealing does.
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv).setAAD(authenticated);
  const text = Buffer.concat([cipher.update(JSON.stringify(words), 'utf8'), cipher.final()]);
  return [
    header,
    '',
    ...[Buffer.from(iv), text, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.');
}

/** @throws jose's error when the key is not the one it was sealed with. */
export async function unseal<T>(key: Key, jwe: string): Promise<T> {
  const { plaintext } = await compactDecrypt(jwe, key);
  return JSON.parse(new TextDecoder().decode(plaintext)) as T;
}

let derived: KeyObject | undefined;

function keyEncryptionKey(): KeyObject {
  derived ??= createSecretKey(
    Buffer.from(hkdfSync('sha256', config().secret, 'hearback', 'wrap keys of inputs', 32)),
  );
  return derived;
}
