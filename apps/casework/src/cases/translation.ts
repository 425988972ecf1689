import { IsIn, IsString, Length } from 'class-validator';
import { HasWords, IsLanguageTag } from '#contracts';

/** The same words in another language, and whether a person or a service translated them. */
export class TranslationBody {
  @IsLanguageTag() language!: string;
  @IsString() @Length(1, 10_000) @HasWords() text!: string;
  @IsIn(['person', 'service']) by!: 'person' | 'service';
}
