import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export const SIGNING_ALGORITHM = 'RS256';

/** The private half of the development issuer's key, as a JSON Web Key with `kid`, `alg` and `use`. */
export type SigningKey = JWK & { kid: string };

/**
 * The key in `issuer-jwks.json` of the data folder, made on first use. The issuer and `npm run token` may both
 * come first: the file appears whole under its name or not at all, and whoever comes second reads it. So
 * tokens go on verifying after a restart. Throws when the file is there but holds no key.
 */
export async function signingKey(data: string): Promise<SigningKey> {
  const file = `${data}/issuer-jwks.json`;
  return (await read(file)) ?? (await create(data, file));
}

async function read(file: string): Promise<SigningKey | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = keyOf(text);
  if (!key) throw new Error(`${file} holds no signing key; remove it to have a new one made`);
  return key;
}

function keyOf(text: string): SigningKey | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: JWK[] };
    const key = keys?.[0];
    return key?.kid && key.d ? (key as SigningKey) : undefined;
  } catch {
    return undefined;
  }
}

async function create(data: string, file: string): Promise<SigningKey> {
  await mkdir(data, { recursive: true });
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const kid = `development-${randomBytes(6).toString('hex')}`;
  const key: SigningKey = { ...(await exportJWK(privateKey)), kid, alg: SIGNING_ALGORITHM, use: 'sig' };
  const draft = `${file}.${kid}`;
  await writeFile(draft, JSON.stringify({ keys: [key] }), { mode: 0o600 });
  try {
    // link() refuses an existing name, where rename() would replace the key another process just gave out.
    await link(draft, file);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await read(file)) ?? key;
  } finally {
    await rm(draft, { force: true });
  }
}
