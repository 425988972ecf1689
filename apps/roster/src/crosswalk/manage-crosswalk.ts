import { Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Transform } from 'class-transformer';
import type { FastifyRequest } from 'fastify';
import { Unknown } from '#contracts';
import { Allow, Caller, Problem, Returns } from '#platform';
import type { District } from '#platform';
import { CurrentGenerations } from '../generations/current.js';
import { GenerationStore } from '../generations/generation.store.js';
import { sentCsv } from '../oneroster/sent-csv.js';
import { SourceStore } from '../sources/source.store.js';
import { CrosswalkItem, CrosswalkPreview } from './crosswalk-preview.js';
import { CrosswalkStore } from './crosswalk.store.js';
import { LayCrosswalk } from './lay-crosswalk.js';

const mostBytes = 100 * 2 ** 20;

export class LayCrosswalkQuery {
  /** Without it the mapping is only tried. */
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : (value as unknown)))
  @IsBoolean()
  apply: boolean = false;
}

/** Which ids of a new student information system mean those of the old one. */
@Controller('sources/:id/crosswalk')
@Allow(['it'], 'district')
export class ManageCrosswalk {
  constructor(
    private readonly sources: SourceStore,
    private readonly current: CurrentGenerations,
    private readonly generations: GenerationStore,
    private readonly crosswalks: CrosswalkStore,
    private readonly laying: LayCrosswalk,
  ) {}

  /**
   * Takes one CSV file (at most 100 MB, a million rows) with the columns file, oldSourcedId and newSourcedId, and says
   * what it would do; with `?apply=true` it holds for every import of the source from then on. It is laid over what was
   * said before. 422 names each row that breaks a rule, 409 new ids that the roster knows as something else.
   */
  @Post()
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  @Returns(200, CrosswalkPreview, 'Tries a mapping of old ids to new ones, or applies it')
  async lay(
    @Param('id') id: string,
    @Query() { apply }: LayCrosswalkQuery,
    @Req() request: FastifyRequest,
    @Caller() { district, sub }: Caller,
  ): Promise<CrosswalkPreview> {
    const generationId = await this.known(district, id);
    const file = await sentCsv(request, mostBytes);
    const generation =
      generationId === undefined ? undefined : await this.generations.get(district, generationId);
    const before = await this.crosswalks.lines(district, id);
    const laid = await this.laying.lay(district, file, before, generation);
    try {
      const { broken, files } = laid;
      broken.refuse('Nothing of it was applied.');
      if (!apply) return { applied: false, files };
      const [first] = files.flatMap(({ file: about, alreadyThere }) =>
        alreadyThere.examples.map((one) => `${one} of ${about}`),
      );
      if (first !== undefined)
        throw new Problem(409, undefined, {
          detail: `${first} is known to the roster as something else, and would then mean two things. Nothing was applied.`,
        });
      await this.crosswalks.put(district, id, laid.lines(), {
        rows: laid.rows(),
        by: sub ?? '',
        at: new Date().toISOString(),
      });
      return { applied: true, files };
    } finally {
      await laid.close();
    }
  }

  @Get()
  @Returns(200, CrosswalkItem, 'How many ids of a source are translated')
  async show(@Param('id') id: string, @Caller() { district }: Caller): Promise<CrosswalkItem> {
    const found = await this.crosswalks.find(district, id);
    if (!found) throw new Unknown('crosswalk');
    const { rows, by, at } = found;
    return { rows, by, at };
  }

  @Delete()
  @Returns(204, undefined, 'Ids of the source mean themselves again, from the next import on')
  async remove(@Param('id') id: string, @Caller() { district }: Caller): Promise<void> {
    if (!(await this.crosswalks.remove(district, id))) throw new Unknown('crosswalk');
  }

  /** @returns the source's roster, if there is one. @throws Problem 404 for what is no source. */
  private async known(district: District, source: string): Promise<string | undefined> {
    const generationId = (await this.current.of(district)).generations[source];
    if (generationId === undefined && !(await this.sources.find(district, source)))
      throw new Unknown('source');
    return generationId;
  }
}
