import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { RuleBroken } from '#contracts';

/** Where a secret lies: `HEARBACK_SECRET_…` in the environment, or a file below HEARBACK_SECRETS_DIR. */
export type SecretRef = { env: string } | { file: string };

const variable = /^HEARBACK_SECRET_[A-Z0-9_]+$/;

/**
 * Why this is no reference to a secret; undefined when it is one. Names are bounded because settings are sent to a
 * server that the settings name: otherwise they could carry any variable or file of this machine there.
 */
export function secretRefBroken(
  ref: unknown,
  env = process.env,
): { rule: string; message: string } | undefined {
  const names = typeof ref === 'object' && ref !== null ? Object.entries(ref) : [];
  const [kind, value] = names.length === 1 ? names[0]! : [];
  if ((kind !== 'env' && kind !== 'file') || typeof value !== 'string') {
    return {
      rule: 'secretRef',
      message:
        'Say where the secret lies, as {"env": "HEARBACK_SECRET_…"} or {"file": "…"}; never the secret itself',
    };
  }
  if (kind === 'env' && !variable.test(value)) {
    return { rule: 'name', message: 'The variable must be named HEARBACK_SECRET_ and then A-Z, 0-9 or _' };
  }
  if (kind === 'file' && (value.split(/[/\\]/).includes('..') || !isBelow(secretsFolder(env), value))) {
    return {
      rule: 'folder',
      message: `The file must lie below ${secretsFolder(env)} (HEARBACK_SECRETS_DIR), without '..'`,
    };
  }
  return undefined;
}

/**
 * The secret itself; line breaks at its end do not count. Read at the start of every run, so that a changed one is
 * taken without a restart.
 * @throws RuleBroken that says what to set.
 */
export async function readSecret(ref: SecretRef, field: string, env = process.env): Promise<string> {
  const broken = secretRefBroken(ref, env);
  if (broken) throw new RuleBroken(field, broken.rule, broken.message);
  const secret = ('env' in ref ? (env[ref.env] ?? '') : await contentOf(ref.file, field, env)).trim();
  const named = 'env' in ref ? `the environment variable ${ref.env}` : `the file ${ref.file}`;
  if (secret === '') throw new RuleBroken(field, 'present', `Put the secret into ${named}`);
  // Anything else breaks a header, and the error of that would show the secret.
  if (!/^[\x20-\x7e]+$/.test(secret)) {
    throw new RuleBroken(field, 'text', `What ${named} holds must be one line of printable ASCII`);
  }
  return secret;
}

async function contentOf(path: string, field: string, env: NodeJS.ProcessEnv): Promise<string> {
  let real: string;
  let folder: string;
  try {
    [real, folder] = await Promise.all([
      realpath(resolve(secretsFolder(env), path)),
      realpath(secretsFolder(env)),
    ]);
  } catch {
    return '';
  }
  // Kubernetes mounts secrets as links within the folder; a link that leaves it is refused.
  if (!isBelow(folder, real)) {
    throw new RuleBroken(field, 'folder', `The file ${path} is a link that leaves ${secretsFolder(env)}`);
  }
  return readFile(real, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RuleBroken(
      field,
      'readable',
      `The file ${path} cannot be read (${error.code}); let the service read it`,
    );
  });
}

function secretsFolder(env: NodeJS.ProcessEnv): string {
  return resolve(env['HEARBACK_SECRETS_DIR'] || '/run/secrets');
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, resolve(folder, path));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
