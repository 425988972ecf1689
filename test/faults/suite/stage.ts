import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDistrict } from '#testing';
import type { District, DistrictOptions } from '#testing';

/**
 * A district for one scenario. When it fails, what the services complained about last is shown, and all logs are kept
 * in a file that the failure names.
 */
export async function onDistrict<T>(
  act: (district: District) => Promise<T>,
  env: NodeJS.ProcessEnv = {},
  options: DistrictOptions = {},
): Promise<T> {
  const district = await startDistrict({ HEARBACK_LOG: 'info', ...env }, options);
  try {
    return await act(district);
  } catch (error) {
    const logs = district.logs();
    const file = join('.hearback', 'faults', `${district.prefix}.log`);
    mkdirSync(join('.hearback', 'faults'), { recursive: true });
    writeFileSync(file, logs);
    const complaints = logs.split('\n').flatMap(complaint).sort().slice(-25);
    process.stderr.write(`The last complaints of the services:\n${complaints.join('\n')}\n`);
    throw new Error(`${(error as Error).message}\nAll logs: ${file}`, { cause: error });
  } finally {
    await district.close();
  }
}

/** A line of a log that warns, as `time service: words`; other lines are what a process says when it dies. */
function complaint(line: string): string[] {
  try {
    const { level, time, service, context, msg } = JSON.parse(line) as Record<string, number | string>;
    // What kafkajs says of each connection that it cannot make would hide everything else.
    if (Number(level) < 40 || context === 'kafka') return [];
    return [`${new Date(Number(time)).toISOString()} ${service}: ${String(msg).slice(0, 300)}`];
  } catch {
    return line.trim() ? [`${' '.repeat(24)} ${line.slice(0, 300)}`] : [];
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Until the gateway says that all services are ready, or one service that it is; meanwhile tells who is not. `live` asks
 * only whether it answers. @returns how long that took, in ms.
 */
export async function untilReady(
  { url }: Pick<District, 'url'>,
  tell: (line: string) => void,
  check: 'ready' | 'live' = 'ready',
): Promise<number> {
  const within = 120_000;
  const begun = Date.now();
  let last = 'no answer';
  for (let toldAt = begun; ;) {
    const reply = await fetch(`${url}/health/${check}`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    if (reply?.ok) return Date.now() - begun;
    if (reply) last = JSON.stringify(((await reply.json()) as { troubles?: object }).troubles);
    if (Date.now() - toldAt > 5_000) {
      toldAt = Date.now();
      tell(`not ${check} yet: ${last}`);
    }
    if (Date.now() - begun > within) throw new Error(`not ${check} again after ${within / 1000} s: ${last}`);
    await pause(100);
  }
}
