import type { FastifyInstance } from 'fastify';
import { Problem, invalid } from './problem.js';

/** Keys with which a body would reach for the prototypes of our objects. */
const poisons = ['__proto__', 'constructor'] as const;

/**
 * Bodies are JSON and nothing else: forms and plain text are 415, broken JSON is 400, and a body that reaches for
 * a prototype is refused like any unknown field, by its name. Plugins may add parsers of their own afterwards.
 */
export function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    void parse(request, text, (error, body) => done(error && reasonOf(text), body));
  });
}

function reasonOf(text: string): Problem {
  if (text.trim() === '') return new Problem(400, undefined, { detail: 'The body is empty.' });
  if (!isJson(text)) return new Problem(400, undefined, { detail: 'The body is not valid JSON.' });
  // Valid, and still refused: an escaped name is a name as well.
  const plain = JSON.stringify(JSON.parse(text));
  const field = poisons.find((name) => plain.includes(`"${name}":`)) ?? '__proto__';
  return invalid(field, 'unknown-field', `${field} is not a field of this request.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
