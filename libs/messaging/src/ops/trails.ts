import { Controller, Get, Query } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';
import { Allow, Caller, Returns } from '#platform';
import type { District } from '#platform';
import type { ParkedEvent } from '../consume/parked-event.js';
import { messageKey } from '../publish/wire.js';
import { Runtime } from '../runtime.js';
import type { Glance } from '../store/aggregate-store.js';
import { numbersOf } from '../store/document.js';

export class TrailsQuery {
  /** Up to 100: `?id=…&id=…`. */
  @Transform(({ value }) => (value === undefined ? [] : [value].flat()) as unknown)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  id!: string[];
}

/** How far this service has taken one publisher's events about an input. */
export class TakenFrom {
  publisher!: string;
  /** The number of the last event that it has taken. */
  seq!: number;
}

/** An event about an input that waits here. */
export class ParkedPlace {
  /** As the list of parked events names it. */
  id!: string;
  publisher!: string;
  seq!: number;
  kind!: string;
}

/** What this service has written, published and taken about one input. */
export class Trail {
  inputId!: string;
  /** The number of its own last event about it; 0 without any. */
  written!: number;
  /** The number of the last one that it knows to be published. */
  published!: number;
  taken!: TakenFrom[];
  parked!: ParkedPlace[];
}

export class Trails {
  /** In the order asked for; an input that this service has never heard of has nothing but zeros. */
  items!: Trail[];
}

/** Where the events about an input are on their way: what the reconciler asks about those that do not agree. */
@Controller('ops/trails')
@Allow(['it'], 'district')
export class TrailsController {
  constructor(private readonly runtime: Runtime) {}

  @Get()
  @Returns(200, Trails, 'What this service has written, published and taken about inputs')
  async read(@Query() { id }: TrailsQuery, @Caller() { district }: Caller): Promise<Trails> {
    const ids = [...new Set(id)];
    const documents = await this.documents(district, ids);
    const parked = await this.runtime.parked.placesUnder(ids.map((one) => messageKey(district, one)));
    const items = ids.map((inputId) => {
      const own = documents.get(inputId);
      return {
        inputId,
        ...(own ? numbersOf(own, inputId) : { written: 0, taken: [] }),
        published: own ? publishedSeq(own, inputId) : 0,
        parked: (parked.get(messageKey(district, inputId)) ?? []).map(placeOf),
      };
    });
    return { items };
  }

  private async documents(district: District, ids: string[]): Promise<Map<string, Glance<unknown>>> {
    const fields = ['mark', 'count', 'events.n', 'events.key', 'events.seq'];
    const found = await Promise.all(this.runtime.stores.map((store) => store.glance(district, ids, fields)));
    return new Map(found.flat().map((one) => [one.id, one]));
  }
}

function publishedSeq(document: Glance<unknown>, key: string): number {
  const { events, mark, count } = document;
  if (mark >= count) return numbersOf(document, key).written;
  return events.findLast((event) => event.key === key && event.n <= mark)?.seq ?? 0;
}

function placeOf({ _id, publisher = '', seq = 0, kind }: ParkedEvent): ParkedPlace {
  return { id: Buffer.from(_id).toString('base64url'), publisher, seq, kind };
}
