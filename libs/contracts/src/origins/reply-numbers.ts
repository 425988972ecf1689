import { IsInt, Max, Min } from 'class-validator';

/** How a group answered "did this settle it?": people, not percentages. */
export class ReplyNumbers {
  @IsInt() @Min(0) @Max(1_000_000) yes!: number;
  @IsInt() @Min(0) @Max(1_000_000) no!: number;
  @IsInt() @Min(0) @Max(1_000_000) noReply!: number;
}
