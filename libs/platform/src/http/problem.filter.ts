import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { NotPermitted, RuleBroken, StateRefuses, Unknown } from '#contracts';
import type { FastifyReply } from 'fastify';
import { isInfrastructureFailure } from '../mongo/failure.js';
import { Problem, invalid, unavailable } from './problem.js';

/** Every error of a request leaves as problem details; what we did not foresee is logged whole and told as 500. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error);
    this.note(problem, error);
    void reply
      .status(problem.status)
      .headers(problem.extras.headers ?? {})
      .type('application/problem+json')
      .send(problem.body());
  }

  /** What we did not foresee is logged whole; "not right now" in a line, and a readiness poll not at all. */
  private note(problem: Problem, error: unknown): void {
    if (problem.status === 503 && problem.title === 'Not ready') return;
    if (problem.status === 503) this.logger.warn({ msg: `503: ${problem.message}` });
    else if (problem.status >= 500)
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error);
  }
}

/** What each kind of error means to the caller. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RuleBroken) return invalid(error.field, error.rule, error.message);
  if (error instanceof StateRefuses) {
    return new Problem(409, undefined, {
      detail: error.message,
      more: { action: error.action, state: error.state, allowed: error.allowed },
    });
  }
  if (error instanceof NotPermitted) return new Problem(403, undefined, { detail: error.message });
  if (error instanceof Unknown) return new Problem(404, undefined, { detail: error.message });
  if (isInfrastructureFailure(error)) {
    return unavailable(
      'The database did not answer in time. Send the same request again, with the same Idempotency-Key.',
    );
  }
  if (error instanceof HttpException)
    return new Problem(error.getStatus(), undefined, { detail: error.message });
  const status = fastifyStatus(error);
  if (status) return new Problem(status, undefined, { detail: (error as Error).message });
  return new Problem(500);
}

/** Fastify's own refusals (broken JSON, wrong content type, too large) carry a status below 500. */
function fastifyStatus(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
