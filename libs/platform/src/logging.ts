import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { config } from './config.js';

/** Words of people never reach a log; these paths are blanked wherever somebody logs an object. */
const redacted = [
  'text',
  '*.text',
  'name',
  '*.name',
  'contact',
  '*.contact',
  'address',
  '*.address',
  'authorization',
  '*.authorization',
];

/** One JSON line an entry on standard output, named after its service. */
export function createLog(service: string): Logger {
  return pino({
    level: config().logLevel,
    redact: { paths: redacted, censor: '(redacted)' },
    base: { service },
  });
}

/** Nest's logger over pino. */
export class NestLog implements LoggerService {
  constructor(private readonly pino: Logger) {}

  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace',
    message: unknown,
    context: unknown,
  ): void {
    const where = typeof context === 'string' ? { context } : {};
    if (message instanceof Error) this.pino[level]({ ...where, err: message }, message.message);
    else if (message !== null && typeof message === 'object') this.pino[level]({ ...where, ...message });
    else this.pino[level](where, typeof message === 'string' ? message : JSON.stringify(message));
  }

  log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    // Nest tells every route and dependency at start; that is detail, not news.
    const detail = [
      'InstanceLoader',
      'RoutesResolver',
      'RouterExplorer',
      'NestFactory',
      'NestMicroservice',
      'NestApplication',
    ];
    this.write(detail.includes(String(context)) ? 'debug' : 'info', message, context);
  }
  error(message: unknown, ...rest: unknown[]): void {
    // A failed start is told in one line by who starts; the stack is detail.
    if (rest.at(-1) === 'ExceptionHandler') return this.write('debug', message, rest.at(-1));
    this.write('error', message, rest.at(-1));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest.at(-1));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest.at(-1));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest.at(-1));
  }
}
