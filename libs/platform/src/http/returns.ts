import { HttpCode, applyDecorators } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';

/** RFC 9457 problem details, as every document has them under components/schemas/Problem. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, rule: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const;

/**
 * Status, response schema (or `text/csv`) and one sentence of what the route does; the problems every route can answer
 * come with it.
 */
export function Returns(
  status: number,
  body: Type<unknown> | [Type<unknown>] | 'text/csv' | undefined,
  summary: string,
): MethodDecorator {
  const problem = (code: number, description: string): MethodDecorator =>
    ApiResponse({
      status: code,
      description,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiProduces(body === 'text/csv' ? body : 'application/json'),
    ApiResponse({ status, description: summary, ...schemaOf(body) }),
    problem(401, 'No credential, or one that is not accepted'),
    problem(403, 'Not allowed for this caller'),
    problem(404, 'No such thing, or another district’s'),
    problem(409, 'The state does not allow it; names the state and what is allowed'),
    problem(422, 'A field breaks a rule; names field and rule'),
    problem(429, 'Too many requests; see Retry-After'),
    problem(503, 'Not durable right now; see Retry-After'),
  );
}

function schemaOf(body: Type<unknown> | [Type<unknown>] | 'text/csv' | undefined): object {
  if (body === 'text/csv') return { content: { 'text/csv': { schema: { type: 'string' } } } };
  if (Array.isArray(body)) return { type: body[0], isArray: true };
  return body ? { type: body } : {};
}
