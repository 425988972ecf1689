import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { readJsonOnly } from './json-body.js';
import { Problem } from './problem.js';

const app = fastify();
readJsonOnly(app);
app.setErrorHandler((error, _request, reply) => {
  const problem = error instanceof Problem ? error : new Problem(500);
  return reply.status(problem.status).send(problem.body());
});
app.post('/', () => ({}));

async function post(payload: string) {
  const headers = { 'content-type': 'application/json' };
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/', headers, payload });
  const { errors } = JSON.parse(body) as { errors?: { field: string; rule: string }[] };
  return [statusCode, ...(errors ?? []).flatMap(({ field, rule }) => [field, rule])];
}

describe('a JSON body', () => {
  it('is taken as it is', async () =>
    expect(await post('{"text":"constructor","to":[null]}')).toEqual([200]));
  it('that is none is 400', async () => {
    expect(await post('{"text"')).toEqual([400]);
    expect(await post(' ')).toEqual([400]);
  });
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'with a field %s, which every object has, is refused at any depth',
    async (name) => {
      expect(await post(`{"${name}":1}`)).toEqual([422, name, 'unknown-field']);
      expect(await post(`{"contact":[{"${name}":{}}]}`)).toEqual([422, name, 'unknown-field']);
    },
  );
  it('that hides such a name behind an escape is refused by it', async () =>
    expect(await post('{"\\u005f_proto__":{}}')).toEqual([422, '__proto__', 'unknown-field']));
  it('nested deeper than any request needs is 400, however deep', async () => {
    const nested = (levels: number) => `{"text":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await post(nested(19))).toEqual([200]);
    for (const levels of [21, 5_000, 100_000]) expect(await post(nested(levels))).toEqual([400]);
  });
});
