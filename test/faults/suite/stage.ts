import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDistrict } from '#testing';
import type { District, DistrictOptions } from '#testing';

/**
 * A district for one scenario. When it fails, the failure gets what the services last complained about, and all logs
 * are kept in a file that it names.
 */
export async function onDistrict<T>(
  act: (district: District) => Promise<T>,
  env: NodeJS.ProcessEnv = {},
  options: DistrictOptions = {},
): Promise<T> {
  const district = await startDistrict({ HEARBACK_LOG: 'info', ...env }, options);
  try {
    return await act(district).finally(() => writeFileSync('/tmp/w/last.log', district.logs()));
  } catch (error) {
    const logs = district.logs();
    const complaints = logs.split('\n').flatMap(complaint).sort().slice(-25);
    const file = join(process.env['HEARBACK_FAULTS'] ?? '.hearback/faults', `${district.prefix}.log`);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, logs);
    const told = `${(error as Error).message}\nThe last complaints of the services, all logs in ${file}:\n${complaints.join('\n')}`;
    throw new Error(told, { cause: error });
  } finally {
    await district.close();
  }
}

/** A line of a log that warns, as `time service: words`; other lines are what a process says when it dies. */
function complaint(line: string): string[] {
  try {
    const { level, time, service, msg } = JSON.parse(line) as Record<string, number | string>;
    if (Number(level) < 40) return [];
    return [`${new Date(Number(time)).toISOString()} ${service}: ${String(msg).slice(0, 300)}`];
  } catch {
    return line.trim() ? [`${' '.repeat(24)} ${line.slice(0, 300)}`] : [];
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
