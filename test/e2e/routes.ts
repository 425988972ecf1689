import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ALLOWANCE } from '#platform';
import type { Allowance } from '#platform';
import { CaseworkModule } from '../../apps/casework/src/casework.module.js';
import { FamilyCouncilModule } from '../../apps/family-council/src/family-council.module.js';
import { GatewayModule } from '../../apps/gateway/src/gateway.module.js';
import { IntakeModule } from '../../apps/intake/src/intake.module.js';
import { ReportingModule } from '../../apps/reporting/src/reporting.module.js';
import { RosterModule } from '../../apps/roster/src/roster.module.js';
import { StudentVoiceModule } from '../../apps/student-voice/src/student-voice.module.js';

/** One route as the code has it. */
export interface Route {
  service: string;
  method: string;
  /** With parameters as `{id}`, as OpenAPI writes them. */
  path: string;
  /** What `@Allow` says; undefined where there is none. */
  allowance: Allowance | undefined;
  /** Kept out of the OpenAPI document on purpose. */
  unlisted: boolean;
}

const modules: Record<string, Type<unknown>> = {
  gateway: GatewayModule,
  intake: IntakeModule,
  'student-voice': StudentVoiceModule,
  'family-council': FamilyCouncilModule,
  casework: CaseworkModule,
  roster: RosterModule,
  reporting: ReportingModule,
};

/**
 * Every route of every service, from the controllers that its module brings, with those of its libraries: found by
 * reflection, so that neither a document that leaves one out nor a guard that is forgotten can hide it.
 */
export function allRoutes(): Route[] {
  return Object.entries(modules).flatMap(([service, module]) =>
    [...controllersOf(module)].flatMap((controller) => routesOf(service, controller)),
  );
}

interface ModuleParts {
  module?: Type<unknown>;
  imports?: unknown[];
  controllers?: Type<unknown>[];
}

function controllersOf(module: unknown, seen = new Set<unknown>()): Set<Type<unknown>> {
  const found = new Set<Type<unknown>>();
  if (!module || seen.has(module)) return found;
  seen.add(module);
  const dynamic = (typeof module === 'function' ? { module } : module) as ModuleParts;
  const declared = (name: string): unknown[] =>
    dynamic.module ? ((Reflect.getMetadata(name, dynamic.module) as unknown[] | undefined) ?? []) : [];
  for (const controller of [...declared('controllers'), ...(dynamic.controllers ?? [])])
    found.add(controller as Type<unknown>);
  for (const imported of [...declared('imports'), ...(dynamic.imports ?? [])])
    for (const controller of controllersOf(imported, seen)) found.add(controller);
  return found;
}

export function routesOf(service: string, controller: Type<unknown>): Route[] {
  const base = Reflect.getMetadata('path', controller) as string | undefined;
  if (base === undefined) return [];
  const prefix = service === 'gateway' ? '' : `api/${service}`;
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name): Route[] => {
    const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined;
    if (typeof handler !== 'function') return [];
    const method = Reflect.getMetadata('method', handler) as number | undefined;
    if (method === undefined) return [];
    const own = Reflect.getMetadata('path', handler) as string;
    const path = `/${[prefix, base, own].join('/').split('/').filter(Boolean).join('/')}`;
    return [
      {
        service,
        method: RequestMethod[method]!,
        path: path.replace(/:(\w+)/g, '{$1}'),
        allowance: (Reflect.getMetadata(ALLOWANCE, handler) ?? Reflect.getMetadata(ALLOWANCE, controller)) as
          Allowance | undefined,
        unlisted: Reflect.getMetadata('swagger/apiExcludeController', controller) !== undefined,
      },
    ];
  });
}
