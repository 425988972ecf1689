import type { District } from '#testing';
import { services } from './load.js';

/** Looks once a second how much memory each service has, until it is told to stop. */
export function watchMemory(district: District): { stop(): Record<string, number>; most(): number } {
  const most = new Map<string, number>();
  const look = async (): Promise<void> => {
    for (const name of services) {
      const now = await district.running(name).memory();
      most.set(name, Math.max(now, most.get(name) ?? 0));
    }
  };
  const timer = setInterval(() => void look(), 1_000);
  return {
    most: () => Math.max(0, ...most.values()),
    /** The most that each of them had, in MB. */
    stop: () => {
      clearInterval(timer);
      return Object.fromEntries([...most].map(([name, mb]) => [`${name}MaxMb`, mb]));
    },
  };
}
