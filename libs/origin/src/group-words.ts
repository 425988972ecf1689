import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { HasWords, IsId, IsLanguageTag } from '#contracts';
import { seal, unwrap } from '#messaging';

/** Who speaks for a group writes to the team about one of its inputs. */
export class WriteToTeamRequest {
  @IsId() inputId!: string;
  @IsString() @Length(1, 5_000) @HasWords() text!: string;
  @IsLanguageTag() language!: string;
}

export class WithdrawInputRequest {
  @IsId() inputId!: string;
  @IsOptional() @IsString() @Length(1, 5_000) @HasWords() why?: string;
}

/** Who speaks for a group takes the words of one of its inputs away for good. */
export class EraseInputRequest {
  @IsId() inputId!: string;
}

/** "Did this settle it?", asked of a group: people or families, who add up to the input's voices. */
export class GroupReply {
  @IsId() inputId!: string;
  /** The newest answer: an older one is 409. */
  @IsInt() @Min(1) answerNo!: number;
  @IsInt() @Min(0) @Max(1_000_000) yes!: number;
  @IsInt() @Min(0) @Max(1_000_000) no!: number;
  @IsInt() @Min(0) @Max(1_000_000) noReply!: number;
  /** The words of those who said no; they always reach the team. */
  @IsOptional() @IsString() @Length(1, 5_000) @HasWords() reason?: string;
}

/** When it was said, of an entry made later, with milliseconds as all our instants; the loop says how far back. */
export function heardAtOf({ heardAt }: { heardAt?: string }): { heardAt?: string } {
  return heardAt ? { heardAt: new Date(heardAt).toISOString() } : {};
}

/** Seals words under an input's key; empty once that is erased, when the loop refuses them anyway. */
export function sealFor({ secret }: { secret?: string }, words: object): string {
  return secret ? seal(unwrap(secret), words) : '';
}
