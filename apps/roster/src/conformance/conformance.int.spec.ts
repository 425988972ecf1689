import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { RuleBroken } from '#contracts';
import type { FileReport } from '../staging/file-report.js';
import type { Case, Expected } from './case.given.js';
import { Roster, sent } from './roster.given.js';
import type { Outcome } from './roster.given.js';
import { complaintCases } from './complaints.cases.js';
import { csvCases } from './csv.cases.js';
import { deltaCases } from './delta.cases.js';
import { enrolmentCases } from './enrolments.cases.js';
import { groupCases } from './groups.cases.js';
import { guardianCases } from './guardians.cases.js';
import { manifestCases } from './manifest.cases.js';
import { organisationCases } from './organisations.cases.js';
import { peopleCases } from './people.cases.js';
import { referenceCases } from './references.cases.js';
import { requiredCases } from './required.cases.js';
import { vocabularyCases } from './vocabulary.cases.js';

const subjects: Record<string, Case[]> = {
  'the manifest': manifestCases,
  'a CSV file': csvCases,
  'what must be there': requiredCases,
  'words and dates': vocabularyCases,
  references: referenceCases,
  organisations: organisationCases,
  people: peopleCases,
  guardians: guardianCases,
  'groups and languages': groupCases,
  'roles and enrolments': enrolmentCases,
  'a delta': deltaCases,
  'what districts complain of': complaintCases,
};
const cases = Object.values(subjects).flat();

let stack: Stack;
let roster: Roster;
beforeAll(async () => {
  stack = await realStack();
  roster = new Roster(stack.db('roster'));
}, 120_000);
afterAll(() => stack?.close(), 60_000);

describe('the conformance kit', () => {
  it('has at least 150 cases, each under a name of its own', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});

describe.each(Object.entries(subjects))('%s', (_, some) => {
  it.each(some)('$name', async (one) => {
    const { name, version = '1.2', first, files, mode, beside, groups, groupsNow, expect: expected } = one;
    await roster.beginAnew();
    const source = name.replace(/[^a-z0-9]+/gi, '-');
    if (groups) await roster.countBy(source, groups);
    if (first) await roster.apply(source, await roster.stage(source, sent(version, first)));
    if (groupsNow) await roster.countBy(source, groupsNow);
    const staged = roster.stage(source, { ...sent(version, files, mode), ...beside });
    const failure = await staged.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (expected.refused) {
      expect(failure).toBeInstanceOf(RuleBroken);
      const { field, rule } = failure as RuleBroken;
      return expect([field, rule]).toEqual(expected.refused);
    }
    if (expected.fails) return expect(String(failure)).toMatch(expected.fails);
    if (failure) throw failure;
    const outcome = await staged;
    for (const report of outcome.found.files) addsUp(report);
    expect(said(outcome, expected)).toEqual(asked(expected, outcome));
  });
});

/** Every row that was read became something. */
function addsUp({ refused, read, quarantined, added, altered, deleted, unchanged }: FileReport): void {
  if (!refused) expect(quarantined + added + altered + deleted + unchanged).toBe(read);
}

/** What happened, of what a case speaks about and of what it must not pass over. */
function said({ found, people, counts, organisations }: Outcome, expected: Expected): object {
  const values = new Set(expected.aside?.map((row, i) => (row.length > 4 ? i : -1)));
  const reports = new Map(found.files.map((report) => [report.file, report]));
  return {
    aside: found.files
      .flatMap(({ file, reasons }) =>
        reasons.map(({ line, column, rule, value }) => [file, line, column, rule, value]),
      )
      .map((row, i) => (values.has(i) ? row : row.slice(0, 4))),
    files: pick(expected.files, (file, report) =>
      pick(report, (key) => reports.get(file)?.[key as keyof FileReport]),
    ),
    people: pick(expected.people, (id) => people.get(id)?.memberships.join(' ') ?? null),
    speaksFor: pick(expected.speaksFor, (id) => people.get(id)?.speaksFor),
    counts: pick(expected.counts, (id) => {
      const count = counts.get(id);
      return count && [count.students, count.staff, count.families];
    }),
    groups: pick(expected.groups, (id) => {
      const { groups, languages } = counts.get(id)?.counts ?? { groups: [] };
      const spoken = languages?.map(({ language, students }) => [`language:${language}`, students]) ?? [];
      return Object.fromEntries([...groups.map((count) => [count.group, count.students]), ...spoken]);
    }),
    codes: pick(expected.codes, (id) => people.get(id)?.codes.join(' ')),
    orgs: pick(expected.orgs, (id) => {
      const org = organisations.get(id);
      return org ? (org.parentId ? `${org.level} of ${org.parentId}` : org.level) : null;
    }),
    holds: found.holds.map(({ rule }) => rule),
    unclear: found.unclear.count,
    changes: found.base ? found.changes.people : undefined,
    enrolments: expected.enrolments === undefined ? undefined : found.enrolments,
    notCounted: found.notCounted,
  };
}

function asked(expected: Expected, { found }: Outcome): object {
  const { aside = [], files = {}, people = {}, speaksFor = {}, counts = {}, orgs = {} } = expected;
  const { groups = {}, codes = {} } = expected;
  const { holds = [], unclear = 0, enrolments, notCounted } = expected;
  const changes = found.base && { added: 0, changed: 0, gone: 0, disabled: 0, ...expected.changes };
  return {
    ...{ aside, files, people, speaksFor, counts, orgs, groups, codes },
    ...{ holds, unclear, changes, enrolments, notCounted },
  };
}

function pick<T extends object>(
  from: T | undefined,
  to: (key: keyof T & string, value: never) => unknown,
): object {
  return Object.fromEntries(
    Object.entries(from ?? {}).map(([key, value]) => [key, to(key as keyof T & string, value as never)]),
  );
}
