import { Controller, Get, Query } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { IsLanguageTag, channels, groupIds, kinds, roles, standings, topics } from '#contracts';
import type { Channel, Kind, Participation, Role, Standing } from '#contracts';
import { config, Allow, Caller, Returns, districtFacts } from '#platform';
import type { District } from '#platform';
import { languages } from './choices.js';
import type { FormWords } from './choices.js';
import { en } from './words.en.js';
import { es } from './words.es.js';

export class FormQuery {
  /** The language of the names; English where we do not have it. */
  @IsOptional() @IsLanguageTag() lang?: string;
}

export class TopicTargets {
  /** Working days until a person of the team takes it on. */
  acknowledgeDays!: number;
  /** Working days until it is answered. */
  answerDays!: number;
}
export class FormTopic {
  id!: string;
  name!: string;
  participation!: Participation;
  targets!: TopicTargets;
}
export class Choice {
  id!: string;
  name!: string;
}
export class CrisisLine {
  name!: string;
  contact!: string;
  what!: string;
}
/** All that the form for speaking up offers and has to say first. */
export class SpeakUpForm {
  topics!: FormTopic[];
  kinds!: Choice[];
  roles!: Choice[];
  languages!: Choice[];
  standings!: Choice[];
  groups!: Choice[];
  channels!: Choice[];
  /** Who reads this. */
  readers!: string;
  /** Who does not. */
  notReaders!: string;
  crisisLines!: CrisisLine[];
  notLive!: string;
}

@Controller('form')
export class FormController {
  /** What may be chosen, with each topic's participation level and targets, and what one must know before speaking. */
  @Get()
  @Allow('public')
  @Returns(200, SpeakUpForm, 'Topics, kinds, roles, languages, who reads this, crisis lines')
  form(@Query() { lang }: FormQuery, @Caller() caller: Caller): SpeakUpForm {
    return formIn(lang ?? 'en', caller.district);
  }
}

function formIn(lang: string, district: District): SpeakUpForm {
  const words = lang.split('-', 1)[0]!.toLowerCase() === 'es' ? es : en;
  return {
    topics: topics.map(({ id, name, participation, acknowledgeDays, answerDays }) => ({
      id,
      name: words.topics[id] ?? name,
      participation,
      targets: { acknowledgeDays, answerDays },
    })),
    kinds: named<Kind>(kinds, words.kinds),
    roles: named<Role>(roles, words.roles),
    languages: [...languages],
    standings: named<Standing>(standings, words.standings),
    groups: named(groupIds, words.groups),
    channels: named<Channel>(channels, words.channels),
    readers: words.readers,
    notReaders: words.notReaders,
    crisisLines: crisisLines(words, district),
    notLive: words.notLive,
  };
}

function crisisLines({ crisis }: FormWords, district: District): CrisisLine[] {
  return [
    { name: '911', contact: '911', what: crisis.emergency },
    { name: '988', contact: crisis.lifelineContact, what: crisis.lifeline },
    {
      name: `${districtFacts(district).name}, ${crisis.districtName}`,
      contact: config().crisisContact,
      what: crisis.district,
    },
  ];
}

function named<Id extends string>(ids: readonly Id[], names: Record<Id, string>): Choice[] {
  return ids.map((id) => ({ id, name: names[id] }));
}
