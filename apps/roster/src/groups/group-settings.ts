import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { groupIds, isLanguageTag } from '#contracts';
import type { GroupId } from '#contracts';
import { invalid } from '#platform';
import { codedFiles, demographicColumns } from './group-columns.js';
import type { CodedFile, GroupColumns } from './group-columns.js';

export class GroupColumnBody {
  @IsIn(groupIds) group!: GroupId;
  @IsIn(codedFiles) file: CodedFile = 'users';
  /** `metadata.` and a name, or one of the seven columns of demographics.csv that say true or false. */
  @IsString() @Length(1, 120) column!: string;
  /** Who has one of these in the column belongs to the group; in any case. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  values: string[] = ['true'];
}

export class LanguageColumnBody {
  @IsIn(codedFiles) file: CodedFile = 'users';
  @IsString() @Length(1, 120) column!: string;
  /** Language tags by the words of your system, such as `{"Spanish": "es"}`. A value that is a tag need not be named. */
  @IsObject() languages: Record<string, string> = {};
}

/** How a source's people are counted by group and by the language spoken at home. */
export class GroupSettings {
  /** Whether demographics.csv is counted by the groups that it has of itself. */
  @IsBoolean() demographics: boolean = true;
  @IsArray()
  @ArrayMaxSize(groupIds.length)
  @ArrayUnique((one: GroupColumnBody) => one.group)
  @ValidateNested({ each: true })
  @Type(() => GroupColumnBody)
  groups: GroupColumnBody[] = [];
  @IsOptional() @ValidateNested() @Type(() => LanguageColumnBody) language?: LanguageColumnBody;
  /** Group reporting: codes are kept with each person, so that changes between whole files are counted too. */
  @IsBoolean() keptForPeople: boolean = false;
}

export const defaultGroupSettings = new GroupSettings();

/** @throws Problem 422 that names the field, for a column that no group may be read from. */
export function checkGroups({ groups, language }: GroupSettings): void {
  groups.forEach(({ file, column }, at) => checkColumn(`groups.groups.${at}.column`, file, column));
  if (!language) return;
  checkColumn('groups.language.column', language.file, language.column);
  for (const [value, tag] of Object.entries(language.languages))
    if (typeof tag !== 'string' || !isLanguageTag(tag))
      throw invalid(
        'groups.language.languages',
        'language',
        `${value.slice(0, 80)} must mean a language tag such as es`,
      );
}

/** A group that has a column of its own is not read from the demographics as well. */
export function groupColumnsOf({
  demographics,
  groups,
  language,
  keptForPeople,
}: GroupSettings): GroupColumns {
  const own = new Set(groups.map(({ group }) => group));
  const standard = demographics ? demographicColumns.filter(({ group }) => !own.has(group)) : [];
  return {
    groups: [...groups, ...standard],
    ...(language && { language }),
    keptForPeople,
  };
}

/** Names, addresses and birth dates say no group, and are never read for one. */
function checkColumn(field: string, file: CodedFile, column: string): void {
  const isStandard = file === 'demographics' && demographicColumns.some((one) => one.column === column);
  if (!isStandard && !/^metadata\.\S[^\t\r\n]*$/.test(column))
    throw invalid(
      field,
      'column',
      `${column.slice(0, 80)} cannot say a group: take a metadata. column, or in demographics one that says true or false`,
    );
}
