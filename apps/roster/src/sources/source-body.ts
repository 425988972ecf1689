import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Problem, invalid } from '#platform';
import { checkSettings as checkEdFi } from '../edfi/settings.js';
import type { EdFiSettings } from '../edfi/settings.js';
import { GroupSettings, checkGroups } from '../groups/group-settings.js';
import { checkAddress } from '../http/check-settings.js';
import type { BrokenSetting } from '../http/check-settings.js';
import { checkSettings as checkRest } from '../oneroster-rest/settings.js';
import type { OneRosterRestSettings } from '../oneroster-rest/settings.js';
import type { ApplyBy } from '../imports/import.js';
import { checkFolder } from './watched-folder.js';
import type { FolderSettings, Reach, Source, SourceKind } from './source.js';

const kinds: SourceKind[] = ['upload', 'folder', 'oneroster-rest', 'ed-fi'];

export class ScheduleBody {
  @IsOptional() @IsInt() @Min(1) @Max(10_080) everyMinutes?: number;
  /** A time of day in the district's time zone, such as `02:30`. */
  @IsOptional()
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'at must be a time such as 02:30' })
  at?: string;
}

export class AlertsBody {
  @IsArray() @ArrayMaxSize(20) @IsEmail({}, { each: true }) emails: string[] = [];
  /** An https address that is sent JSON. */
  @IsOptional() @IsString() @Length(1, 1_000) webhook?: string;
}

/** A source's settings, whole. Secrets are never in them: only where they lie. */
export class SourceBody {
  @IsString() @Length(1, 200) name!: string;
  @IsIn(kinds) kind!: SourceKind;
  /**
   * By kind: `folder` {path}; `oneroster-rest` {baseUrl, version, auth, pageSize?, timeoutMs?}; `ed-fi` {baseUrl,
   * tokenUrl, clientId, secret, schoolYear?, pageSize?, timeoutMs?}; none of an upload.
   */
  @IsOptional() @IsObject() settings?: Record<string, unknown>;
  /** Of `oneroster-rest`: between whole fetches, once a day, only what changed is asked for. */
  @IsOptional() @IsBoolean() deltas: boolean = false;
  /** `hand`: every import waits for somebody's word. */
  @IsIn(['limits', 'hand']) applyBy: ApplyBy = 'limits';
  @IsInt() @Min(0) @Max(100) lossPercent: number = 10;
  @ValidateNested() @Type(() => GroupSettings) groups: GroupSettings = new GroupSettings();
  @IsOptional() @ValidateNested() @Type(() => ScheduleBody) schedule?: ScheduleBody;
  @IsBoolean() paused: boolean = false;
  @ValidateNested() @Type(() => AlertsBody) alerts: AlertsBody = new AlertsBody();
}

/** @throws Problem 422 that names every broken field. */
export function sourceOf(sourceId: string, body: SourceBody): Source {
  const errors = wrongSettings(body).map((one) => ({ ...one, field: `settings.${one.field}` }));
  if (errors.length > 0) throw new Problem(422, undefined, { detail: errors[0]!.message, errors });
  const { webhook, emails } = body.alerts;
  const wrong = webhook === undefined ? undefined : checkAddress('alerts.webhook', webhook, 'with query');
  if (wrong) throw invalid(wrong.field, wrong.rule, wrong.message);
  checkGroups(body.groups);
  const { name, applyBy, lossPercent, groups, paused } = body;
  return {
    sourceId,
    name,
    reach: reachOf(body),
    applyBy,
    lossPercent,
    groups,
    schedule: scheduleOf(body),
    paused,
    alerts: { emails, ...(webhook !== undefined && { webhook }) },
  };
}

function wrongSettings({ kind, settings }: SourceBody): BrokenSetting[] {
  switch (kind) {
    case 'upload':
      return [];
    case 'folder':
      return checkFolder(settings);
    case 'oneroster-rest':
      return checkRest(settings);
    case 'ed-fi':
      return checkEdFi(settings);
  }
}

function reachOf({ kind, settings, deltas }: SourceBody): Reach {
  // What was checked above.
  switch (kind) {
    case 'upload':
      return { kind };
    case 'folder':
      return { kind, settings: settings as unknown as FolderSettings };
    case 'oneroster-rest':
      return { kind, settings: settings as unknown as OneRosterRestSettings, deltas };
    case 'ed-fi':
      return { kind, settings: settings as unknown as EdFiSettings };
  }
}

/** A folder is looked at every minute, all else once a night, unless something else is said. */
function scheduleOf({ kind, schedule }: SourceBody): Source['schedule'] {
  const { everyMinutes, at } = schedule ?? {};
  if (everyMinutes !== undefined && at !== undefined)
    throw invalid('schedule', 'one', 'schedule must have everyMinutes or at, not both');
  if (everyMinutes !== undefined) return { everyMinutes };
  return at !== undefined ? { at } : kind === 'folder' ? { everyMinutes: 1 } : { at: '02:30' };
}
