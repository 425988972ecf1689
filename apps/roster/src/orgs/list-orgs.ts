import { Controller, Get, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { levels } from '#contracts';
import type { Level } from '#contracts';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import { folded } from './org.js';
import { OrgStore } from './org.store.js';

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
  constructor(private readonly orgs: OrgStore) {}

  @Get()
  @Allow('public')
  @Returns(200, OrgPage, 'Active organisations of the district, by name')
  async list(
    @Query() { q, parent, level, limit, cursor }: ListOrgsQuery,
    @Caller() { district }: Caller,
  ): Promise<OrgPage> {
    const search = q && folded(q);
    const page = await this.orgs.list(district, {
      where: {
        active: true,
        ...(parent !== undefined && { parentId: parent }),
        ...(level && { level }),
        ...(search && { folded: { $regex: literally(search) } }),
      },
      sort: { folded: 1 },
      limit,
      ...(cursor && { cursor }),
    });
    return {
      ...page,
      items: page.items.map(({ state: { orgId, name, level: at, parentId } }) => ({
        orgId,
        name,
        level: at,
        ...(parentId !== undefined && { parentId }),
      })),
    };
  }
}

/** What someone typed, as itself in a regular expression. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
