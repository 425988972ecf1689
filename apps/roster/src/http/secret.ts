import { readFile, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** Where a secret lies; the secret itself is never part of the settings. */
export type SecretRef = { env: string } | { file: string };

/** What is wrong with one field of some settings; `message` says what to do. */
export interface BrokenSetting {
  field: string;
  rule: string;
  message: string;
}

const envName = /^HEARBACK_SECRET_[A-Z0-9_]+$/;
/** In bytes: a key file that is larger is not a secret of a client. */
const longest = 16 * 1024;

/** Holds a reference against its rules; whether there is a secret behind it shows when it is read. */
export function checkSecret(field: string, ref: unknown, env = process.env): BrokenSetting | undefined {
  const { env: name, file } = (ref ?? {}) as { env?: unknown; file?: unknown };
  if ((name === undefined) === (file === undefined)) {
    return { field, rule: 'one', message: `${field} must be {"env": "HEARBACK_SECRET_…"} or {"file": "…"}` };
  }
  if (name !== undefined) {
    if (typeof name === 'string' && envName.test(name)) return undefined;
    return {
      field: `${field}.env`,
      rule: 'pattern',
      message: `${field}.env must be the name of a variable that begins with HEARBACK_SECRET_`,
    };
  }
  const folder = secretsFolder(env);
  if (typeof file === 'string' && file.startsWith('/') && isBelow(resolve(file), folder)) return undefined;
  return { field: `${field}.file`, rule: 'folder', message: `${field}.file must be a file below ${folder}` };
}

/**
 * The secret as it is now: it may have been renewed since the last time.
 * @throws Error that names the reference and never what it holds.
 */
export async function readSecret(ref: SecretRef, env = process.env): Promise<string> {
  const broken = checkSecret('secret', ref, env);
  if (broken) throw new Error(broken.message);
  if ('env' in ref) {
    const value = env[ref.env];
    if (!value) throw new Error(`the secret is missing: set the variable ${ref.env}`);
    return value;
  }
  const folder = await realpath(secretsFolder(env)).catch(() => undefined);
  const path = await realpath(ref.file).catch(() => undefined);
  // A link below the folder is how secrets are mounted; one that leads out of it is not.
  if (!folder || !path || !isBelow(path, folder)) throw new Error(`the secret file ${ref.file} is missing`);
  if ((await stat(path)).size > longest)
    throw new Error(`the secret file ${ref.file} is longer than ${longest} bytes`);
  const text = await readFile(path, 'utf8').catch(() => '');
  const value = text.replace(/\r?\n$/, '');
  if (!value) throw new Error(`the secret file ${ref.file} is empty or cannot be read`);
  return value;
}

function secretsFolder(env: NodeJS.ProcessEnv): string {
  return resolve(env['HEARBACK_SECRETS_DIR'] ?? '/run/secrets');
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
