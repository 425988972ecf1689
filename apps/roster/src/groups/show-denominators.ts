import { Controller, Get } from '@nestjs/common';
import { groupIds } from '#contracts';
import type { CountedFrom, GroupId, LanguageCount } from '#contracts';
import { Allow, Caller, Returns } from '#platform';
import { OrgStore } from '../orgs/org.store.js';

/** That there is a number of a group, how old it is, and where it comes from; never the number. */
export class DenominatorItem {
  group!: GroupId | 'languages';
  date!: string;
  from!: CountedFrom;
}

export class OrgDenominators {
  orgId!: string;
  name!: string;
  known!: DenominatorItem[];
  /** No report can say how well these are represented here. */
  without!: (GroupId | 'languages')[];
}

export class DenominatorList {
  items!: OrgDenominators[];
}

/** Tells which groups enrolment is counted by, so that nobody takes a missing number for a nought. */
@Controller('denominators')
export class ShowDenominatorsController {
  constructor(private readonly orgs: OrgStore) {}

  @Get()
  @Allow(['it', 'leader'], 'district')
  @Returns(
    200,
    DenominatorList,
    'Of which groups the students are counted, by organisation; without the numbers',
  )
  async show(@Caller() { district }: Caller): Promise<DenominatorList> {
    const active = await this.orgs.active(district);
    const items = [...active.values()].map(({ orgId, name, counts }) => {
      const known: DenominatorItem[] = (counts?.byGroup ?? []).map(({ group, date, from }) => ({
        group,
        date,
        from,
      }));
      if (counts?.byLanguage) known.push(ofLanguages(counts.byLanguage, counts.date));
      const named = new Set(known.map(({ group }) => group));
      const without = [...groupIds, 'languages' as const].filter((group) => !named.has(group));
      return { orgId, name, known, without };
    });
    return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }
}

/** Of all languages the newest number; none spoken is a number, too, of the day on which all were counted. */
function ofLanguages(byLanguage: readonly LanguageCount[], date: string): DenominatorItem {
  const [newest] = [...byLanguage].sort((a, b) => (a.date < b.date ? 1 : -1));
  return { group: 'languages', date: newest?.date ?? date, from: newest?.from ?? 'roster' };
}
