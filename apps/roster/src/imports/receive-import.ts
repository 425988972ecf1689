import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import { Controller, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Allow, Caller, Idempotent, Problem, Returns, invalid } from '#platform';
import type { Command } from '#platform';
import { limits, openPackage } from '../oneroster/package.js';
import { SourceStore } from '../sources/source.store.js';
import { ImportStore } from './import.store.js';
import type { ApplyBy } from './import.js';
import { RunImports } from './run-imports.js';
import { folderPrefix } from './stage-import.js';

/** The source of what is sent by hand. */
const uploads = 'files';

export class ReceiveImportQuery {
  /** Unless it is said, as the source's settings say; `limits` without any. */
  @IsOptional() @IsIn(['limits', 'hand']) apply?: ApplyBy;
  /** The source whose roster it is, when another way is taken this once; without one it is `files`. */
  @IsOptional() @IsString() @Length(1, 40) source?: string;
}

export class ImportAccepted {
  importId!: string;
}

@Controller('imports')
export class ReceiveImportController {
  constructor(
    private readonly imports: ImportStore,
    private readonly sources: SourceStore,
    private readonly runs: RunImports,
  ) {}

  /**
   * Takes a OneRoster package: streamed to disk (at most 200 MB, 50 files), its manifest and archive checked at once,
   * its rows afterwards; GET imports/{importId} tells. 422 for what is not OneRoster, or a broken archive.
   * `?apply=limits` (mostly the default) applies it by itself unless it would lose more than the district allows;
   * `?apply=hand` waits for POST imports/{importId}/apply. `?source=` names whose roster it is.
   */
  @Post()
  @Allow(['it'], 'district')
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      properties: { file: { type: 'array', items: { type: 'string', format: 'binary' } } },
    },
  })
  @Returns(202, ImportAccepted, 'Imports OneRoster 1.1 or 1.2, bulk or delta: one zip, or several CSV files')
  async receive(
    @Req() request: FastifyRequest,
    @Query() { apply, source = uploads }: ReceiveImportQuery,
    @Idempotent() command: Command,
    @Caller() caller: Caller,
  ): Promise<ImportAccepted> {
    if (!request.isMultipart()) {
      throw new Problem(415, undefined, {
        detail: 'Send multipart/form-data with one zip, or with several CSV files.',
      });
    }
    const known = (await this.sources.find(caller.district, source))?.source;
    if (!known && source !== uploads)
      throw invalid('source', 'known-source', `there is no source ${source}; PUT sources/{id} makes one`);
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    let taken = false;
    try {
      const digest = await store(request, folder);
      const { version, ignored, close } = await openPackage(folder);
      close();
      const { created, state } = await this.imports.create(caller.district, command.id, [
        {
          type: 'import.received',
          importId: command.id,
          source,
          oneRoster: version,
          digest,
          from: { folder },
          applyBy: apply ?? known?.applyBy ?? 'limits',
          by: caller.sub ?? '',
          ignored,
          at: new Date().toISOString(),
        },
      ]);
      if (state.digest !== digest) {
        throw invalid(
          'Idempotency-Key',
          'same-body',
          'This Idempotency-Key was used with another package; use a new key.',
        );
      }
      taken = created;
    } finally {
      if (!taken) await rm(folder, { recursive: true, force: true });
    }
    if (taken) this.runs.begin(caller.district, command.id);
    return { importId: command.id };
  }
}

/** Streams the parts to disk. @returns a digest of names and contents, whatever their order. */
async function store(request: FastifyRequest, folder: string): Promise<string> {
  const contents = new Map<string, string>();
  const left = { bytes: limits.bytes };
  for await (const part of request.parts({
    limits: { files: limits.files + 1, fields: 20, fileSize: limits.bytes + 1 },
  })) {
    if (part.type !== 'file') continue;
    const name = basename(part.filename);
    if (!/^[\w .()-]{1,120}\.(csv|zip)$/i.test(name)) {
      part.file.resume();
      throw invalid(part.fieldname, 'name', `${name.slice(0, 80) || 'A file'} is neither a .csv nor a .zip`);
    }
    if (contents.has(name)) throw invalid(part.fieldname, 'unique', `${name} was sent twice`);
    if (contents.size === limits.files)
      throw invalid(part.fieldname, 'files', `At most ${limits.files} files at once`);
    contents.set(name, await storeOne(part, join(folder, name), left));
  }
  if (contents.size === 0) throw invalid('file', 'required', 'Send a zip or several CSV files');
  const all = [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url');
}

async function storeOne({ file }: MultipartFile, path: string, left: { bytes: number }): Promise<string> {
  const hash = createHash('sha256');
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      left.bytes -= chunk.length;
      hash.update(chunk);
      if (left.bytes >= 0) done(null, chunk);
      else done(new Problem(413, undefined, { detail: `At most ${limits.bytes / 2 ** 20} MB at once` }));
    },
  });
  await pipeline(file, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  return hash.digest('base64url');
}
