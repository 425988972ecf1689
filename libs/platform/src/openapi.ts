import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemSchema } from './http/returns.js';

/** The service's OpenAPI 3.1 document, made from its routes and request classes. */
export function describeApi(app: NestFastifyApplication, service: string): OpenAPIObject {
  const info = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Hearback ${service}`)
    .setDescription('Part of the Hearback API; all services share one address, the gateway.')
    .setVersion('1')
    .addBearerAuth()
    .addSecurity('receipt', {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'Receipt CODE',
    })
    .addSecurity('session', {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'Session CODE',
    })
    .build();
  return completed(SwaggerModule.createDocument(app, info));
}

type Operation = OpenAPIObject['paths'][string]['get'] & object;

/** What follows for a route from what it takes: the problems of a body, of If-Match, and when to come back. */
function completed(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation) addProblems(operation);
    }
  }
  const { schemas, ...components } = document.components ?? {};
  const problem = problemSchema as unknown as NonNullable<typeof schemas>[string];
  return { ...document, components: { ...components, schemas: { ...schemas, Problem: problem } } };
}

function addProblems(operation: Operation): void {
  const problem = (status: number, description: string): void => {
    const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    operation.responses[String(status)] ??= { description, content };
  };
  if (operation.requestBody) {
    problem(400, 'The body is not JSON');
    problem(413, 'The body is too large');
    problem(415, 'The body is of another content type');
  }
  const ifMatch = operation.parameters?.find((one) => 'name' in one && one.name === 'If-Match');
  if (ifMatch) problem(412, 'It has changed since the ETag was read');
  if (ifMatch && 'required' in ifMatch && ifMatch.required) problem(428, 'If-Match is needed');
  for (const status of ['429', '503']) {
    const response = operation.responses[status];
    if (!response || '$ref' in response) continue;
    response.headers = { 'Retry-After': { description: 'In seconds', schema: { type: 'integer' } } };
  }
}

/** Serves it at /api/SERVICE/openapi.json; made on the first request, since most processes never need it. */
export function publishOpenApi(app: NestFastifyApplication, service: string): void {
  let document: OpenAPIObject | undefined;
  const paths = [`/api/${service}/openapi.json`, ...(service === 'gateway' ? ['/api/openapi.json'] : [])];
  const http = app.getHttpAdapter().getInstance();
  for (const path of paths) http.get(path, async () => (document ??= describeApi(app, service)));
}
