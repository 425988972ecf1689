import { Controller, Get } from '@nestjs/common';
import { Allow, Returns } from '#platform';
import { upstreams } from './upstreams.js';

export class ApiDescription {
  service!: string;
  /** The path of its OpenAPI 3.1 document. */
  openapi!: string;
}

export class ApiIndex {
  items!: ApiDescription[];
}

@Controller('api/openapi')
export class ApiIndexController {
  @Get()
  @Allow('public')
  @Returns(200, ApiIndex, 'Where each service describes its API')
  list(): ApiIndex {
    const services = upstreams.map((service) => ({ service, openapi: `/api/${service}/openapi.json` }));
    return { items: [{ service: 'gateway', openapi: '/api/openapi.json' }, ...services] };
  }
}
