import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { config } from '#platform';

/** 32 bytes that seal the words of one input. */
export type Key = Uint8Array & { readonly __key?: true };

/** A wrapped key is `v1.` and base64url of AES-256-KW (RFC 3394) under a key derived from the master secret. */
const wrapping = 'id-aes256-wrap';
const wrapIv = Buffer.from('A6A6A6A6A6A6A6A6', 'hex');

/** A new key, and the form in which it is stored and travels. */
export function newKey(): { key: Key; wrapped: string } {
  const key = new Uint8Array(randomBytes(32)) as Key;
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

/** Seals words (any JSON object) as a compact JWE: `dir`, A256GCM. */
export async function seal(key: Key, words: object): Promise<string> {
  const plain = new TextEncoder().encode(JSON.stringify(words));
  return new CompactEncrypt(plain).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key);
}

/** @throws jose's error when the key is not the one it was sealed with. */
export async function unseal<T>(key: Key, jwe: string): Promise<T> {
  const { plaintext } = await compactDecrypt(jwe, key);
  return JSON.parse(new TextDecoder().decode(plaintext)) as T;
}

let derived: Buffer | undefined;

function keyEncryptionKey(): Buffer {
  derived ??= Buffer.from(hkdfSync('sha256', config().secret, 'hearback', 'wrap keys of inputs', 32));
  return derived;
}
