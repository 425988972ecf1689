import { expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Allow } from '#platform';
import { allRoutes, routesOf } from './routes.js';

@Controller('things')
class Forgetful {
  @Get(':id')
  open(): void {}
}

@Controller('things')
@Allow(['it'])
class Careful {
  @Get(':id')
  open(): void {}
}

it('every route of every service declares who may call it', () => {
  const routes = allRoutes();
  // Reflection that found nothing would pass anything.
  expect(routes.length).toBeGreaterThan(70);
  expect(new Set(routes.map(({ service }) => service)).size).toBe(7);
  const undeclared = routes.filter(({ allowance }) => !allowance);
  expect(undeclared.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

it('a route without a declaration is found', () => {
  expect(routesOf('intake', Forgetful)).toMatchObject([
    { method: 'GET', path: '/api/intake/things/{id}', allowance: undefined },
  ]);
  expect(routesOf('intake', Careful)).toMatchObject([{ allowance: { roles: ['it'] } }]);
});

it('a declaration lets somebody in, and only those routes are public that the API means to be', () => {
  for (const { allowance } of allRoutes()) {
    const { public: anyone, receipt, session, roles } = allowance!;
    expect(anyone || receipt || session || roles.length > 0).toBe(true);
  }
  const open = allRoutes().filter(({ allowance }) => allowance!.public);
  expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'GET /api/intake/form',
    'GET /api/openapi',
    'GET /api/roster/orgs',
    'GET /auth/callback',
    'GET /auth/sign-in',
    'POST /api/intake/inputs',
    'POST /auth/sign-out',
  ]);
});
