import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

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
  return SwaggerModule.createDocument(app, info);
}

/** Serves it at /api/SERVICE/openapi.json; made on the first request, since most processes never need it. */
export function publishOpenApi(app: NestFastifyApplication, service: string): void {
  let document: OpenAPIObject | undefined;
  const path = service === 'gateway' ? '/api/openapi.json' : `/api/${service}/openapi.json`;
  app
    .getHttpAdapter()
    .getInstance()
    .get(path, async () => (document ??= describeApi(app, service)));
}
