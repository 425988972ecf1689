import fc from 'fast-check';
import { StateRefuses } from '#contracts';
import type { EnrolmentCounted, Level, OrgChanged } from '#contracts';
import { organisationAggregate } from '../../../libs/organisations/src/organisation.js';
import type { Organisation, OrganisationEvent } from '../../../libs/organisations/src/organisation.js';
import {
  alive,
  decide,
  fail,
  finish,
  importAggregate,
  isSilent,
  staged,
} from '../../../apps/roster/src/imports/import.js';
import type { Found, Import, ImportEvent } from '../../../apps/roster/src/imports/import.js';
import { close, count, describe, orgAggregate } from '../../../apps/roster/src/orgs/org.js';
import type { Org, OrgEvent } from '../../../apps/roster/src/orgs/org.js';
import { FollowOrganisations } from '../../../libs/organisations/src/follow-organisations.js';
import { Kept, same } from './held.js';

const begun = Date.parse('2026-11-02T17:00:00.000Z');
const instant = (seconds: number): string => new Date(begun + seconds * 1_000).toISOString();

type OrgStep = [what: 'describe' | 'close' | 'count', pick: number];

/** What rosters said of an organisation, one after the other; a service's copy follows from roster's own events. */
export const org = fc.property(
  fc.array(
    fc.tuple(fc.constantFrom<OrgStep[0]>('describe', 'describe', 'close', 'count'), fc.nat({ max: 200 })),
    {
      minLength: 1,
      maxLength: 30,
      size: 'max',
    },
  ),
  (steps) => {
    const kept = new Kept<Org, OrgEvent>(orgAggregate, 's');
    const copy = new Kept<Organisation, OrganisationEvent>(organisationAggregate, 's');
    const follows = new FollowOrganisations();
    let known: { name: string; level: Level; parentId?: string; active: boolean } | undefined;
    let counted: unknown[] | undefined;
    for (const [i, [what, pick]] of steps.entries()) {
      const at = instant(i);
      const before = kept.document.count;
      if (what === 'describe') {
        const said = {
          name: `School ${pick % 2}`,
          level: pick % 3 ? ('school' as const) : ('district' as const),
          ...(pick % 5 && { parentId: `d${pick % 2}` }),
        };
        kept.take(describe(kept.state, { orgId: 's', ...said }, at), at);
        const news = JSON.stringify(known) !== JSON.stringify({ ...said, active: true });
        same(kept.document.count - before, news ? 1 : 0, 'told, when there is news');
        known = { ...said, active: true };
      } else if (what === 'close') {
        if (!known) continue;
        kept.take(close(kept.state, at), at);
        same(kept.document.count - before, known.active ? 1 : 0, 'told, when it was open');
        known = { ...known, active: false };
      } else {
        if (!known) continue;
        const numbers = {
          students: pick % 3,
          staff: 2,
          families: 3,
          byGrade: pick % 2 ? [{ grade: '09', students: pick % 3 }] : [],
        };
        kept.take(count(kept.state, 's', numbers, '2026-11-02', at), at);
        const now = [numbers.students, numbers.staff, numbers.families, numbers.byGrade];
        same(
          kept.document.count - before,
          JSON.stringify(now) === JSON.stringify(counted) ? 0 : 1,
          'counted, when a number changed',
        );
        counted = now;
      }
      for (const { type, data } of kept.document.events.slice(before)) {
        const event = { type, ...data };
        const internal =
          type === 'org.changed'
            ? follows.changed(event as unknown as OrgChanged)
            : follows.counted(event as unknown as EnrolmentCounted);
        copy.take(internal, at);
      }
      const { name, level, parentId, active, counts } = kept.state ?? {};
      same({ name, level, parentId, active }, { ...known, parentId: known?.parentId }, 'organisation');
      same(counts && [counts.students, counts.staff, counts.families, counts.byGrade], counted, 'counts');
      if (!known) continue;
      const { name: copied, level: at_, parentId: above, active: takes, enrolment } = copy.state;
      same(
        { copied, at_, above, takes },
        { copied: known.name, at_: known.level, above: known.parentId, takes: known.active },
        'copy of a service',
      );
      same(
        enrolment && [enrolment.students, enrolment.staff, enrolment.families],
        counted?.slice(0, 3),
        'enrolment of the copy',
      );
    }
  },
);

type ImportStep = [
  what: 'alive' | 'stage' | 'apply' | 'discard' | 'finish' | 'fail' | 'overtaken',
  pick: number,
];

/** An import, the processes that work on it, one of which may have died, and people's words: done once, or nothing. */
export const imports = fc.property(
  fc.array(
    fc.tuple(
      fc.constantFrom<ImportStep[0]>(
        'alive',
        'alive',
        'stage',
        'apply',
        'discard',
        'finish',
        'fail',
        'overtaken',
      ),
      fc.nat({ max: 100 }),
    ),
    {
      minLength: 1,
      maxLength: 25,
      size: 'max',
    },
  ),
  fc.boolean(),
  (steps, byHand) => {
    const kept = new Kept<Import, ImportEvent>(importAggregate, 'i');
    kept.take(
      [
        {
          type: 'import.received',
          importId: 'i',
          source: 'files',
          oneRoster: '1.2',
          digest: 'd',
          from: { folder: '/tmp/f' },
          applyBy: byHand ? 'hand' : 'limits',
          by: 'ivo',
          ignored: [],
          at: instant(0),
        },
      ],
      instant(0),
    );
    let stage: Import['stage'] = 'received';
    let [seconds, beat] = [0, 0];
    for (const [what, pick] of steps) {
      seconds += 1 + (pick % 25);
      const at = instant(seconds);
      const { state } = kept;
      const holds = pick % 3 === 0;
      const current = pick % 2 ? 'before' : 'another';
      const word = (verdict: 'apply' | 'discard') => ({ verdict, by: 'ivo', why: 'w' });
      const waits = stage === 'previewed' || stage === 'held';
      const works = stage === 'received' || stage === 'applying';
      const acts = {
        alive: () => alive(state, at),
        stage: () => staged(state, foundWith(holds), at),
        apply: () => decide(state, word('apply'), current, at),
        discard: () => decide(state, word('discard'), current, at),
        finish: () => finish(state, at),
        fail: () => fail(state, 'broken', at),
        overtaken: () => fail(state, 'overtaken', at, true),
      };
      const taken = (when: boolean, otherwise: 'nothing' | 'state') => (when ? 'taken' : otherwise);
      const wanted = {
        alive: () => (works ? taken(seconds - beat >= 5, 'nothing') : 'state'),
        stage: () => taken(stage === 'received', 'state'),
        apply: () => taken(waits && current === 'before', 'state'),
        discard: () => taken(waits, 'state'),
        finish: () => (stage === 'applied' ? 'nothing' : taken(stage === 'applying', 'state')),
        fail: () => taken(stage === 'received', 'nothing'),
        overtaken: () => taken(works, 'nothing'),
      }[what]();
      let found: string;
      try {
        found = kept.take(acts[what](), at).length > 0 ? 'taken' : 'nothing';
      } catch (error) {
        if (!(error instanceof StateRefuses)) throw error;
        same(error.state, stage, 'state that a refusal names');
        found = 'state';
      }
      same(found, wanted, `${what} while ${stage}`);
      if (wanted === 'taken') {
        beat = seconds;
        stage = {
          alive: stage,
          stage: holds ? ('held' as const) : byHand ? ('previewed' as const) : ('applying' as const),
          apply: 'applying' as const,
          discard: 'discarded' as const,
          finish: 'applied' as const,
          fail: 'failed' as const,
          overtaken: 'failed' as const,
        }[what];
      }
      same(kept.state.stage, stage, 'stage');
      same(isSilent(kept.state, instant(seconds + 31)), seconds + 31 - beat > 30, 'silent');
      same(
        kept.document.events.map(({ type }) => type),
        stage === 'applied' ? ['roster.imported'] : [],
        'what is published',
      );
    }
  },
);

function foundWith(holds: boolean): Found {
  return {
    generationId: 'i',
    base: 'before',
    files: [],
    organisations: 1,
    people: 5,
    enrolments: 9,
    groups: { groups: [], languages: false },
    unclear: { count: 0, examples: [] },
    changes: {
      organisations: { added: 0, altered: 0, closed: 2 },
      people: { added: 0, changed: 0, gone: 0, disabled: 0 },
    },
    holds: holds ? [{ rule: 'closed', message: 'two would close' }] : [],
    listed: 0,
  };
}
