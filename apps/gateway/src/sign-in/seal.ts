import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { config } from '#platform';

/** What the gateway must keep or send away unread (tokens, a sign-in under way), encrypted under the master secret. */
export async function sealed(purpose: string, content: object): Promise<string> {
  const words = new TextEncoder().encode(JSON.stringify(content));
  return new CompactEncrypt(words)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(keyFor(purpose));
}

/** Undefined when it was not sealed here for this purpose, or was touched since. */
export async function opened<T>(purpose: string, jwe: string): Promise<T | undefined> {
  try {
    const { plaintext } = await compactDecrypt(jwe, keyFor(purpose), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  } catch {
    return undefined;
  }
}

/** A key of its own for each purpose, so that one kind of token never passes for another. */
function keyFor(purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', config().secret, 'hearback-gateway', purpose, 32));
}
