import { Body, Controller, Get, Headers, Injectable, Param, Put, Res } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { ApiBody, ApiHeader } from '@nestjs/swagger';
import { Type, plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsString,
  Length,
  Matches,
  ValidateNested,
  validate,
} from 'class-validator';
import { HasWords, IsLanguageTag } from '#contracts';
import { Allow, Caller, Problem, Returns, fieldErrors } from '#platform';
import type { FastifyReply } from 'fastify';
import { MOST_FAMILIES, listFamilies } from './round.js';
import { RoundStore } from './round.store.js';

export class FamilyRequest {
  /** The representative's own opaque word for the family, never a name or an address. */
  @IsString()
  @Length(1, 64)
  @Matches(/^[^@]*$/, {
    message: 'familyRef looks like an e-mail address; use an opaque reference of your own',
  })
  @HasWords()
  familyRef!: string;
  @IsLanguageTag() language!: string;
  /** Whether the representative may reach out to the family. */
  @IsBoolean() contactAllowed!: boolean;
}

/** Holds the list so that its problems name the place: `families.3.familyRef`. */
class FamilyList {
  @IsArray()
  @ArrayMaxSize(MOST_FAMILIES)
  @ValidateNested({ each: true })
  @Type(() => FamilyRequest)
  families!: FamilyRequest[];
}

/** The body is a bare list, which Nest's own pipe checks without naming places. */
@Injectable()
export class FamilyListPipe implements PipeTransform<unknown, Promise<FamilyRequest[]>> {
  async transform(families: unknown): Promise<FamilyRequest[]> {
    const list = plainToInstance(FamilyList, { families: Array.isArray(families) ? families : undefined });
    const errors = await validate(list, {
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: true,
    });
    const fields = errors.flatMap((error) => fieldErrors(error, ''));
    if (fields.length === 0) return list.families;
    throw new Problem(422, undefined, {
      detail: fields.map(({ message }) => message).join(' '),
      errors: fields,
    });
  }
}

export class FamiliesResponse {
  items!: FamilyRequest[];
}

@Controller('rounds')
export class ListFamiliesController {
  constructor(private readonly rounds: RoundStore) {}

  @Put(':id/families')
  @Allow(['representative'], 'own rounds')
  @ApiBody({ type: [FamilyRequest] })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag of the list that this one replaces',
  })
  @Returns(
    200,
    FamiliesResponse,
    'Lists the families that the representative speaks for: the whole list, up to 1,000.',
  )
  async put(
    @Param('id') id: string,
    @Body(FamilyListPipe) families: FamilyRequest[],
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FamiliesResponse> {
    await this.rounds.own(caller, id);
    const plain = families.map((family) => ({ ...family }));
    const { state } = await this.rounds.change(caller.district, id, (round) => {
      if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etag(round.familiesNo)) {
        throw new Problem(412, undefined, { detail: 'The list of families was changed; read it again.' });
      }
      return listFamilies(round, plain, new Date().toISOString());
    });
    void reply.header('etag', etag(state.familiesNo));
    return { items: state.families };
  }

  @Get(':id/families')
  @Allow(['representative'], 'own rounds')
  @Returns(200, FamiliesResponse, 'The list of families, with the ETag that guards its replacement.')
  async get(
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FamiliesResponse> {
    const { state } = await this.rounds.own(caller, id);
    void reply.header('etag', etag(state.familiesNo));
    return { items: state.families };
  }
}

/** Of the list alone: a contact that is logged meanwhile does not stand in its way. */
function etag(familiesNo: number): string {
  return `"${familiesNo}"`;
}
