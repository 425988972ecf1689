import type { Participation } from './words.js';

/** What an input may be about, and what the district owes for it unless its casework says otherwise. */
export interface Topic {
  readonly id: string;
  readonly name: string;
  readonly participation: Participation;
  /** Working days, on the team's calendar, until a person of the team takes it on. */
  readonly acknowledgeDays: number;
  /** Working days until it is answered. */
  readonly answerDays: number;
}

/**
 * Casework's published defaults. Known to the origins too, so that none of them waits for casework while a person
 * waits for the origin.
 */
export const topics: readonly Topic[] = [
  {
    id: 'transport',
    name: 'Buses and getting to school',
    participation: 'consult',
    acknowledgeDays: 1,
    answerDays: 5,
  },
  { id: 'meals', name: 'Meals', participation: 'inform', acknowledgeDays: 1, answerDays: 5 },
  { id: 'safety', name: 'Safety', participation: 'consult', acknowledgeDays: 1, answerDays: 3 },
  {
    id: 'learning',
    name: 'Learning and classes',
    participation: 'involve',
    acknowledgeDays: 2,
    answerDays: 10,
  },
  {
    id: 'special-education',
    name: 'Special education',
    participation: 'collaborate',
    acknowledgeDays: 1,
    answerDays: 10,
  },
  {
    id: 'facilities',
    name: 'Buildings and grounds',
    participation: 'inform',
    acknowledgeDays: 2,
    answerDays: 10,
  },
  {
    id: 'belonging',
    name: 'Belonging and respect',
    participation: 'involve',
    acknowledgeDays: 1,
    answerDays: 5,
  },
  { id: 'other', name: 'Something else', participation: 'inform', acknowledgeDays: 2, answerDays: 10 },
];

export const topicIds: readonly string[] = topics.map((topic) => topic.id);
