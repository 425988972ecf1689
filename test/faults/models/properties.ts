import { cases } from './case.model.js';
import { document } from './document.model.js';
import { interleaved } from './interleaved.model.js';
import { concern, input, theme } from './origin.model.js';
import { imports, org } from './roster.model.js';
import { round } from './round.model.js';
import { row } from './row.model.js';
import { together } from './together.model.js';
import { session } from './voice.model.js';

/** Each aggregate against its model, by the aggregate's name; `together` is the three that one input has at once. */
export const aggregates = {
  'intake input': input,
  'student-voice theme': theme,
  'student-voice session and responses': session,
  'family-council concern': concern,
  'family-council round': round,
  'casework case': cases,
  'reporting row': row,
  'roster organisation and its copies': org,
  'roster import': imports,
  'messaging document': document,
  'input, case and row together': together,
};

export const properties = { ...aggregates, 'logs interleaved': interleaved };
export type PropertyName = keyof typeof properties;
