import { Controller, Get, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { levels } from '#contracts';
import type { Level } from '#contracts';
import { Allow, Caller, PageQuery, Returns, invalid } from '#platform';
import { CurrentGenerations } from '../generations/current.js';
import { folded } from './org.js';
import { OrgLists } from './org-lists.js';
import type { Listed } from './org-lists.js';

export class ListOrgsQuery extends PageQuery {
  /** A part of the name, in any case and with or without its accents. */
  @IsOptional()
  @IsString()
  @Length(0, 100)
  // The database takes no such character in a search.
  @Matches(/^[^\0]*$/, { message: 'q must not hold the character U+0000' })
  q?: string;
  /** The organisation directly above. */
  @IsOptional() @IsString() @Length(1, 128) parent?: string;
  @IsOptional() @IsIn(levels) level?: Level;
}

export class OrgItem {
  orgId!: string;
  name!: string;
  level!: Level;
  parentId?: string;
}

export class OrgPage {
  items!: OrgItem[];
  next?: string;
}

@Controller('orgs')
export class ListOrgsController {
  constructor(
    private readonly current: CurrentGenerations,
    private readonly lists: OrgLists,
  ) {}

  @Get()
  @Allow('public')
  @Returns(200, OrgPage, 'Active organisations of the district, by name')
  async list(
    @Query() { q, parent, level, limit, cursor }: ListOrgsQuery,
    @Caller() { district }: Caller,
  ): Promise<OrgPage> {
    const search = q && folded(q);
    const where = {
      ...(parent !== undefined && { parentId: parent }),
      ...(level && { level }),
      ...(search && { folded: { $regex: literally(search) } }),
    };
    const { lists } = await this.current.of(district);
    const after = cursor === undefined ? undefined : lastOf(cursor);
    const found = await this.lists.find(district, Object.values(lists), where, after, limit + 1);
    const items = found.slice(0, limit);
    return {
      items: items.map(({ orgId, name, level: at, parentId }) => ({
        orgId,
        name,
        level: at,
        ...(parentId !== undefined && { parentId }),
      })),
      ...(found.length > limit && { next: cursorOf(items.at(-1)!) }),
    };
  }
}

function cursorOf({ folded: name, orgId }: Listed): string {
  return Buffer.from(JSON.stringify([name, orgId])).toString('base64url');
}

/** @throws Problem 422 for anything but the `next` of an earlier page. */
function lastOf(cursor: string): Pick<Listed, 'folded' | 'orgId'> {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(values) && values.length === 2) {
      const [name, orgId] = values as unknown[];
      if (typeof name === 'string' && typeof orgId === 'string') return { folded: name, orgId };
    }
  } catch {
    // told below
  }
  throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page.');
}

/** What someone typed, as itself in a regular expression. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
