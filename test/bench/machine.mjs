// What processes use, by the kernel's accounting (Linux).
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { cpus } from 'node:os';

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** Seconds of processor time since the process began, its own and its kernel's. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Megabytes resident. */
export function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/**
 * How many cores each used from here until the function given is called: the processes named, the engines where they
 * run on this machine, this load generator, and `others`: whatever else the machine did, which is noise.
 */
export function accounting(pids) {
  const all = { ...pids, ...engines(), bench: process.pid };
  const used = () => Object.entries(all).map(([name, pid]) => [name, cpuSeconds(pid)]);
  const before = Object.fromEntries(used());
  const [busyBefore, begun] = [busySeconds(), performance.now()];
  return () => {
    const seconds = (performance.now() - begun) / 1000;
    const known = used().map(([name, value]) => [name, (value - before[name]) / seconds]);
    const sum = known.reduce((total, [, value]) => total + value, 0);
    const others = Math.max(0, (busySeconds() - busyBefore) / seconds - sum);
    return Object.fromEntries(
      [...known, ['others', others]].map(([name, value]) => [name, Number(value.toFixed(2))]),
    );
  };
}

/** Of all processors together, since they began. */
const busySeconds = () =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;

let found;
function engines() {
  found ??= Object.fromEntries(
    [
      ['kafka', process.env.HEARBACK_TEST_KAFKA],
      ['mongod', process.env.HEARBACK_TEST_MONGO],
    ]
      .map(([name, address]) => [
        name,
        listener(Number(/:(\d+)/.exec(address.replace(/^\w+:\/\//, ''))?.[1])),
      ])
      .filter(([, pid]) => pid !== undefined),
  );
  return found;
}

/** The process of this machine that listens on a port; undefined when there is none, or the kernel does not tell. */
function listener(port) {
  try {
    const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(suffix) && state === '0A')
      .map((fields) => `socket:[${fields[9]}]`);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => holdsOne(pid, sockets));
  } catch {
    return undefined;
  }
}

function holdsOne(pid, sockets) {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) =>
      sockets.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)),
    );
  } catch {
    return false;
  }
}
