import type { EnrolmentCounted, GroupCount, LanguageCount, Level, OrgChanged } from '#contracts';
import type { Aggregate } from '#messaging';
import type { Counted } from '../staging/headcounts.js';
import type { Organisation } from '../oneroster/organisations.js';

/** An organisation and how many people belong to it: what is published of it. */
export interface Org {
  orgId: string;
  name: string;
  level: Level;
  parentId?: string;
  active: boolean;
  counts?: Counts;
}

/** What was published last of its people. */
export type Counts = Omit<EnrolmentCounted, 'type' | 'orgId' | 'at'>;

export type OrgEvent = OrgChanged | EnrolmentCounted;

/** What a roster says of an organisation; nothing when it says what is known. */
export function describe(state: Org | undefined, said: Organisation, at: string): OrgEvent[] {
  const { orgId, name, level, parentId } = said;
  const same = state?.active && state.name === name && state.level === level && state.parentId === parentId;
  return same
    ? []
    : [
        {
          type: 'org.changed',
          orgId,
          name,
          level,
          ...(parentId !== undefined && { parentId }),
          active: true,
          at,
        },
      ];
}

/** A whole roster no longer has it. Its loops go on; it takes no new input. */
export function close(state: Org, at: string): OrgEvent[] {
  const { orgId, name, level, parentId, active } = state;
  return active
    ? [
        {
          type: 'org.changed',
          orgId,
          name,
          level,
          ...(parentId !== undefined && { parentId }),
          active: false,
          at,
        },
      ]
    : [];
}

/** Today's people; nothing when the numbers are those of the last count. What was told by upload stays beside it. */
export function count(
  state: Org | undefined,
  orgId: string,
  { students, staff, families, byGrade, counts }: Omit<Counted, 'itself'>,
  date: string,
  at: string,
): OrgEvent[] {
  const from = 'roster' as const;
  const { byGroup = [], byLanguage = [] } = state?.counts ?? {};
  return counted(state, orgId, at, {
    date,
    students,
    staff,
    families,
    byGrade,
    ...laidOver(
      counts?.groups.map((one) => ({ ...one, from })) ?? [],
      counts?.languages?.map((one) => ({ ...one, from })),
      { groups: byGroup.filter(isUploaded), languages: byLanguage.filter(isUploaded) },
    ),
  });
}

/** Numbers that the district told; an older one than is known of the same group changes nothing. */
export function tell(state: Org & { counts: Counts }, said: ByGroup, date: string, at: string): OrgEvent[] {
  const { byGroup, byLanguage, ...rest } = state.counts;
  return counted(state, state.orgId, at, { ...rest, date, ...laidOver(byGroup ?? [], byLanguage, said) });
}

function counted(state: Org | undefined, orgId: string, at: string, counts: Counts): OrgEvent[] {
  const same = state?.counts && JSON.stringify(ordered(state.counts)) === JSON.stringify(ordered(counts));
  return same ? [] : [{ type: 'enrolment.counted', orgId, ...counts, at }];
}

interface ByGroup {
  groups: GroupCount[];
  languages: LanguageCount[];
}

/** What was told beside what is known. @param languages undefined: none are counted. */
function laidOver(
  groups: readonly GroupCount[],
  languages: readonly LanguageCount[] | undefined,
  told: ByGroup,
): Partial<Counts> {
  const byGroup = newest(groups, told.groups, (one) => one.group);
  const byLanguage = newest(languages ?? [], told.languages, (one) => one.language);
  return {
    ...((languages || byLanguage.length > 0) && { byLanguage }),
    ...(byGroup.length > 0 && { byGroup }),
  };
}

type Dated = Pick<GroupCount, 'students' | 'date' | 'from'>;

function isUploaded({ from }: Dated): boolean {
  return from === 'upload';
}

/** Of each name the newer number; of the same day the one that was counted from people, else the later word. */
function newest<T extends Dated>(some: readonly T[], others: readonly T[], name: (one: T) => string): T[] {
  const all = new Map(some.map((one) => [name(one), one]));
  for (const one of others) {
    const there = all.get(name(one));
    if (!there || there.date < one.date || (there.date === one.date && isUploaded(there)))
      all.set(name(one), one);
  }
  return [...all.values()].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

/** What makes two counts the same: recounting the same number on another day is no news. */
function ordered({ students, staff, families, byGrade, byLanguage, byGroup }: Counts): unknown {
  const day = (one: Dated): string => (isUploaded(one) ? one.date : '');
  return [
    [students, staff, families],
    byGrade.map(({ grade, students: n }) => [grade, n]),
    byLanguage?.map((one) => [one.language, one.students, day(one)]),
    byGroup?.map((one) => [one.group, one.students, day(one)]),
  ];
}

export const orgAggregate: Aggregate<Org, OrgEvent> = {
  name: 'orgs',
  evolve(state, event) {
    if (event.type === 'org.changed') {
      const { orgId, name, level, parentId, active } = event;
      return {
        orgId,
        name,
        level,
        ...(parentId !== undefined && { parentId }),
        active,
        ...(state?.counts && { counts: state.counts }),
      };
    }
    const { type: _, orgId: __, at: ___, ...counts } = event;
    return { ...state!, counts };
  },
  index: ({ name, level, parentId, active }) => ({ folded: folded(name), level, parentId, active }),
};

/** A name as it is searched: without accents, case and doubled spaces. */
export function folded(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}
