import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { stringify } from 'yaml';
import { ownTopics, wireType } from './contract.js';
import type { EventClass } from './contract.js';
import { events } from './registry.js';
import { publishers } from './words.js';

@Module({})
class NoModule {}

/** The payload schemas, made from the classes' own rules the way the HTTP schemas are. */
async function schemas(): Promise<Record<string, object>> {
  const app = await NestFactory.create(NoModule, new FastifyAdapter(), { logger: false });
  const { components } = SwaggerModule.createDocument(app, new DocumentBuilder().build(), {
    extraModels: [...events] as never,
  });
  await app.close();
  return Object.fromEntries(
    Object.entries(components?.schemas ?? {}).map(([name, schema]) => [name, onTheWire(schema)]),
  );
}

/** The discriminant travels as `ce_type`, not in the value. */
function onTheWire(schema: object): object {
  const { properties, required, ...rest } = schema as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  const { type: _, ...fields } = properties ?? {};
  return { ...rest, properties: fields, required: (required ?? []).filter((name) => name !== 'type') };
}

const headers = {
  type: 'object',
  description: 'CloudEvents 1.0 attributes, binary mode.',
  required: [
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_time',
    'ce_district',
    'ce_publisher',
    'ce_key',
    'ce_seq',
  ],
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: { type: 'string', description: 'PUBLISHER/DISTRICT/KEY/SEQ: the same on every repeat.' },
    ce_source: { type: 'string' },
    ce_type: { type: 'string', description: 'hearback.NAME.vVERSION' },
    ce_time: { type: 'string', format: 'date-time' },
    ce_subject: { type: 'string' },
    ce_district: { type: 'string', description: 'The tenant.' },
    ce_publisher: { type: 'string', enum: [...publishers] },
    ce_key: { type: 'string', description: 'What it is about; the Kafka key is DISTRICT/KEY.' },
    ce_seq: {
      type: 'string',
      pattern: '^[1-9][0-9]*$',
      description: 'Counts per publisher and key from 1, without gaps.',
    },
    traceparent: { type: 'string', description: 'W3C Trace Context.' },
    'content-type': { type: 'string', const: 'application/json' },
  },
} as const;

/** docs/asyncapi.yaml as the code would write it now. */
export async function asyncApi(): Promise<string> {
  const all = events as readonly EventClass[];
  const message = (event: EventClass): object => ({
    name: wireType(event),
    title: event.type,
    contentType: 'application/json',
    headers: { $ref: '#/components/schemas/EventHeaders' },
    payload: { $ref: `#/components/schemas/${event.name}` },
  });
  const channel = (name: string, description: string, of: readonly EventClass[]): [string, object] => [
    name,
    {
      address: `hearback.${name}`,
      description,
      messages: Object.fromEntries(
        of.map((event) => [event.name, { $ref: `#/components/messages/${event.name}` }]),
      ),
    },
  ];
  const channels = Object.fromEntries([
    ...publishers.map((publisher) =>
      channel(
        publisher,
        `What ${publisher} publishes, in order within a key.`,
        all.filter(({ contract }) => contract.publishers.includes(publisher) && !contract.topic),
      ),
    ),
    ...ownTopics.map((topic) =>
      channel(
        topic,
        'Read by those alone who need it.',
        all.filter(({ contract }) => contract.topic === topic),
      ),
    ),
  ]);
  const operations = Object.fromEntries(
    Object.keys(channels).map((name) => [
      `publish-${name}`,
      { action: 'send', channel: { $ref: `#/channels/${name}` } },
    ]),
  );
  return stringify(
    {
      asyncapi: '3.0.0',
      info: {
        title: 'Hearback events',
        version: '1',
        description:
          'The facts that the services exchange. Generated from libs/contracts by `npm run contracts:sync`; do not edit.',
      },
      defaultContentType: 'application/json',
      channels,
      operations,
      components: {
        messages: Object.fromEntries(all.map((event) => [event.name, message(event)])),
        schemas: { EventHeaders: headers, ...(await schemas()) },
      },
    },
    { lineWidth: 110, aliasDuplicateObjects: false },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync('docs/asyncapi.yaml', await asyncApi());
