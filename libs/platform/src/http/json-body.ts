import type { FastifyInstance } from 'fastify';
import { Problem, invalid } from './problem.js';

/**
 * Names that every object has: with some a body would reach for our prototypes, and the others class-transformer would
 * leave out in silence. None is a field of any request.
 */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/** More than any request needs. What handles a body afterwards may go into it recursively. */
const deepest = 20;

/**
 * Bodies are JSON and nothing else: forms and plain text are 415, broken JSON is 400, and a body that reaches for
 * a prototype is refused like any unknown field, by its name; one that is nested too deep is 400. Plugins may add
 * parsers of their own afterwards.
 */
export function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    void parse(request, text, (error, body) => {
      const refused = error ? reasonOf(text) : refusalOf(body);
      done(refused ?? null, body);
    });
  });
}

/** Level by level, since a recursion would end where its sender likes: deeper than our stack. */
function refusalOf(body: unknown): Problem | undefined {
  let level = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) {
      return new Problem(400, undefined, { detail: `The body is nested deeper than ${deepest} levels.` });
    }
    const objects = level.filter((value) => value !== null && typeof value === 'object');
    const names = objects.filter((value) => !Array.isArray(value)).flatMap(Object.keys);
    const field = names.find((name) => inherited.has(name));
    if (field !== undefined) {
      return invalid(field, 'unknown-field', `${field} is not a field of this request.`);
    }
    level = objects.flatMap((value): unknown[] => Object.values(value));
  }
  return undefined;
}

function reasonOf(text: string): Problem {
  if (text.trim() === '') return new Problem(400, undefined, { detail: 'The body is empty.' });
  if (!isJson(text)) return new Problem(400, undefined, { detail: 'The body is not valid JSON.' });
  // Valid, and still refused: an escaped name is a name as well.
  return refusalOf(JSON.parse(text)) ?? new Problem(400, undefined, { detail: 'The body is not read.' });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
