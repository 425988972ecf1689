// `npm run bench -- FIGURE --profile`: where the measured services spend their time while they are measured.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOME, PROJECT } from '../../deploy/local/paths.mjs';
import { accounting } from './machine.mjs';

const shown = 25;

/**
 * Runs `work` while counting who uses the processor, and, with --profile, while profiling the services named; without
 * names, none. Gives what `work` gave, and the cores each process used.
 */
export async function measured(stack, label, names, work) {
  const pids = Object.fromEntries([...stack.running].map(([name, child]) => [name, child.pid]));
  const profiled = stack.profiles ? names.map((name) => ({ name, inspector: stack.inspector(name) })) : [];
  // Not awaited: one that stands still begins when it is released.
  for (const { inspector } of profiled) void inspector.startProfile();
  const stop = accounting(pids);
  const result = await work();
  const cores = stop();
  for (const { name, inspector } of profiled) {
    const profile = await inspector.stopProfile();
    const folder = join(HOME, 'profiles');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${label.replaceAll(/\W+/g, '-')}-${name}.cpuprofile`);
    writeFileSync(file, JSON.stringify(profile));
    process.stderr.write(`\n${name} during '${label}' (${relative(PROJECT, file)})\n${summary(profile)}\n`);
  }
  return { result, cores };
}

/** The functions and the packages that took most time themselves, without what they called. */
export function summary(profile) {
  const byFunction = new Map();
  const byPlace = new Map();
  const add = (sums, name, microseconds) => sums.set(name, (sums.get(name) ?? 0) + microseconds);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const callers = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  // A function of the engine (a socket's write, a digest) has no file: its time is its caller's.
  const placeOf = (id) => {
    const { url, functionName } = nodes.get(id).callFrame;
    if (url) return packageOf(fileOf(url));
    const caller = callers.get(id);
    return caller === undefined || functionName.startsWith('(') ? functionName : placeOf(caller);
  };
  profile.samples.forEach((id, i) => {
    const { functionName, url, lineNumber } = nodes.get(id).callFrame;
    const where = url ? `${fileOf(url)}:${lineNumber + 1}` : `native, called in ${placeOf(id)}`;
    add(byPlace, placeOf(id), profile.timeDeltas[i]);
    add(byFunction, `${functionName || '(anonymous)'}  ${where}`, profile.timeDeltas[i]);
  });
  const total = profile.endTime - profile.startTime;
  const list = (sums) =>
    [...sums]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, shown)
      .map(([name, time]) => `  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
      .join('\n');
  return `by package and file\n${list(byPlace)}\nby function\n${list(byFunction)}`;
}

function fileOf(url) {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  return path.startsWith(PROJECT)
    ? relative(PROJECT, path)
    : path.replace(/^.*\/node_modules\//, 'node_modules/');
}

/** A dependency by its name, Node by its module, our own code by its file. */
function packageOf(file) {
  const dependency = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return dependency ?? file.replace(/^dist\//, '');
}
