/** A fault that a person can act on: printed as one line, without a stack. */
export class Problem extends Error {
  /** @param {string} what what is wrong  @param {string} [todo] what to do about it */
  constructor(what, todo) {
    super(todo ? `${what}: ${todo}` : what);
    this.name = 'Problem';
  }
}

/**
 * The one line for any error: system errors that have a known remedy get it, others keep their own words.
 * @param {unknown} error
 * @returns {string}
 */
export function oneLine(error) {
  if (error instanceof Problem) return error.message;
  const code = /** @type {{ code?: string }} */ (error)?.code;
  const path = /** @type {{ path?: string }} */ (error)?.path;
  const where = path ? ` (${path})` : '';
  if (code === 'ENOSPC') return `The disk is full${where}: free some space, then start again`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `Not allowed to write here${where}: give this user the right to write, then start again`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? 'unknown fault';
}

/** @typedef {(line: string) => void} Tell */

const started = Date.now();

/** Where progress goes; a program whose standard output is a result has it beside. @type {NodeJS.WriteStream} */
let progress = process.stdout;

export function tellOnStderr() {
  progress = process.stderr;
}

/** @returns {string} seconds since the launcher began, right-aligned, as in ` 12.3 s` */
export function elapsed() {
  return `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`;
}

/** One line of progress, with the seconds since the launcher began. @type {Tell} */
export function tell(line) {
  progress.write(`[${elapsed()}] ${line}\n`);
}

/**
 * Runs one step: says that it begins, then how long it took. Long steps say every ten seconds that they are alive.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {Tell} [say]
 * @returns {Promise<T>}
 */
export async function step(name, work, say = tell) {
  const begun = Date.now();
  const seconds = () => ((Date.now() - begun) / 1000).toFixed(1);
  say(`${name} …`);
  const alive = setInterval(() => say(`${name} … still at it, ${seconds()} s so far`), 10_000);
  try {
    const result = await work();
    say(`${name}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(alive);
  }
}
