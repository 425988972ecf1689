import { Controller, Get, Injectable } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Allow } from './auth/allow.js';
import { Problem } from './http/problem.js';

/** A named check: undefined when well, else what is wrong in one line. */
export type Check = () => string | undefined | Promise<string | undefined>;

@Injectable()
export class Health {
  private readonly checks = new Map<string, Check>();

  /** Adds a readiness check; the service is ready when all are well. */
  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** What is not well about one of them; undefined when it is well, or not checked here. */
  async trouble(name: string): Promise<string | undefined> {
    return this.checks.get(name)?.();
  }

  /** What is not well, by name; empty when ready. */
  async troubles(): Promise<Record<string, string>> {
    const troubles: Record<string, string> = {};
    for (const [name, check] of this.checks) {
      const trouble = await Promise.resolve(check()).catch((error: unknown) => String(error));
      if (trouble) troubles[name] = trouble;
    }
    return troubles;
  }
}

@ApiExcludeController()
@Controller('health')
@Allow('public')
export class HealthController {
  constructor(private readonly health: Health) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** Database, Kafka and consumers are there. */
  @Get('ready')
  async ready(): Promise<{ status: 'ready' }> {
    const troubles = await this.health.troubles();
    if (Object.keys(troubles).length > 0) {
      throw new Problem(503, 'Not ready', { headers: { 'retry-after': '1' }, more: { troubles } });
    }
    return { status: 'ready' };
  }
}
