import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { BrokenSetting } from './check-settings.js';

/** Where a secret lies: `HEARBACK_SECRET_…` in the environment, or a file below HEARBACK_SECRETS_DIR. */
export type SecretRef = { env: string } | { file: string };

const variable = /^HEARBACK_SECRET_[A-Z0-9_]+$/;
/** In bytes: a file that is larger is not a secret of a client. */
const longest = 16 * 1024;

/**
 * Holds a reference against its rules. Names are bounded because settings are sent to a server that the settings name:
 * otherwise they could carry any variable or file of this machine there.
 */
export function checkSecret(field: string, ref: unknown, env = process.env): BrokenSetting | undefined {
  const names = typeof ref === 'object' && ref !== null ? Object.entries(ref) : [];
  const [kind, value] = names.length === 1 ? names[0]! : [];
  if ((kind !== 'env' && kind !== 'file') || typeof value !== 'string') {
    const message =
      'Say where the secret lies, as {"env": "HEARBACK_SECRET_…"} or {"file": "…"}; never the secret itself';
    return { field, rule: 'secretRef', message };
  }
  if (kind === 'env' && !variable.test(value)) {
    const message = 'The variable must be named HEARBACK_SECRET_ and then A-Z, 0-9 or _';
    return { field, rule: 'name', message };
  }
  if (kind === 'file' && (value.split(/[/\\]/).includes('..') || !isBelow(secretsFolder(env), value))) {
    const message = `The file must lie below ${secretsFolder(env)} (HEARBACK_SECRETS_DIR), without '..'`;
    return { field, rule: 'folder', message };
  }
  return undefined;
}

/**
 * The secret as it is now, so that a renewed one is taken without a restart; spaces and line breaks around it do not
 * count.
 * @throws Error that says what to set, and nothing of what is there.
 */
export async function readSecret(ref: SecretRef, env = process.env): Promise<string> {
  const broken = checkSecret('secret', ref, env);
  if (broken) throw new Error(broken.message);
  const secret = ('env' in ref ? (env[ref.env] ?? '') : await contentOf(ref.file, env)).trim();
  const named = 'env' in ref ? `the environment variable ${ref.env}` : `the file ${ref.file}`;
  if (secret === '') throw new Error(`Put the secret into ${named}`);
  // Anything else breaks a header, and the error of that would show the secret.
  if (!/^[\x20-\x7e]+$/.test(secret))
    throw new Error(`What ${named} holds must be one line of printable ASCII`);
  return secret;
}

async function contentOf(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const set = secretsFolder(env);
  const real = await realpath(resolve(set, path)).catch(() => undefined);
  const folder = await realpath(set).catch(() => undefined);
  if (real === undefined || folder === undefined) return '';
  // Kubernetes mounts secrets as links within the folder; a link that leaves it is refused.
  if (!isBelow(folder, real)) throw new Error(`The file ${path} is a link that leaves ${set}`);
  try {
    if ((await stat(real)).size <= longest) return await readFile(real, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The file ${path} cannot be read (${code}); let the service read it`, { cause: error });
  }
  throw new Error(`The file ${path} is longer than ${longest} bytes, which no secret is`);
}

function secretsFolder(env: NodeJS.ProcessEnv): string {
  return resolve(env['HEARBACK_SECRETS_DIR'] || '/run/secrets');
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, resolve(folder, path));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
