import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { Allow } from './auth/allow.js';
import { Idempotent } from './http/idempotent.js';
import type { Command } from './http/idempotent.js';
import { IfMatch } from './http/if-match.js';
import { PageQuery } from './http/page.js';
import { Returns } from './http/returns.js';
import { describeApi } from './openapi.js';

class ThingBody {
  @IsString() text!: string;
}

@Controller('things')
class Things {
  @Get()
  @Allow('public')
  @Returns(200, ThingBody, 'Lists')
  list(@Query() _page: PageQuery): void {}

  @Post()
  @Allow({ public: true, roles: ['partner'] })
  @Returns(201, ThingBody, 'Creates')
  create(@Body() _body: ThingBody, @Idempotent() _command: Command): void {}

  @Post('answer')
  @Allow(['member'])
  @Returns(200, ThingBody, 'Answers')
  answer(@Body() _body: ThingBody, @IfMatch() _ifMatch: string | undefined): void {}
}

@Module({ controllers: [Things] })
class ThingsModule {}

describe('the OpenAPI document', () => {
  let app: NestFastifyApplication;
  let document: OpenAPIObject;
  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(ThingsModule, new FastifyAdapter(), {
      logger: false,
    });
    document = describeApi(app, 'intake');
  });
  afterAll(() => app.close());

  const operation = (method: 'get' | 'post', path: string) => document.paths[path]![method]!;
  const headers = (path: string) =>
    (operation('post', path).parameters ?? []).map((one) => 'name' in one && [one.name, one.required]);

  it('names the headers that a route reads', () => {
    expect(headers('/things')).toEqual([['Idempotency-Key', false]]);
    expect(headers('/things/answer')).toEqual([['If-Match', true]]);
  });
  it('names the problems of a body, and of If-Match where one is read', () => {
    expect(Object.keys(operation('get', '/things').responses)).not.toContain('415');
    expect(Object.keys(operation('post', '/things').responses)).toEqual(
      expect.arrayContaining(['400', '413', '415', '422']),
    );
    expect(Object.keys(operation('post', '/things/answer').responses)).toEqual(
      expect.arrayContaining(['412', '428']),
    );
    expect(operation('get', '/things').responses['503']).toHaveProperty(['headers', 'Retry-After']);
    expect(document.components?.schemas?.['Problem']).toHaveProperty(['properties', 'errors']);
  });
  it('says that a token is not needed where anyone may call', () =>
    expect(operation('post', '/things').security).toEqual(expect.arrayContaining([{}, { bearer: [] }])));
  it('asks for nothing that has a default', () =>
    expect(
      operation('get', '/things').parameters?.map((one) => 'name' in one && [one.name, one.required]),
    ).toEqual([
      ['limit', false],
      ['cursor', false],
    ]));
});
