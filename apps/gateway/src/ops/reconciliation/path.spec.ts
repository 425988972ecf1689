import { describe, expect, it } from '@jest/globals';
import { listsAgree, sayStop, signatureOf, stopOf } from './path.js';
import type { KnownInput, Service, Sighting, Trail } from './path.js';

/** What one service has of an input: events written, published (all of them unless told), and taken of others. */
interface Has {
  written?: number;
  published?: number;
  taken?: Partial<Record<Service, number>>;
  parked?: { publisher: string; kind: string }[];
  open?: boolean;
}
type All = Partial<Record<Service, Has>>;

/** An input of intake that has arrived everywhere: intake wrote 2 events, casework 3. */
const arrived: All = {
  intake: { written: 2, taken: { casework: 3 } },
  casework: { written: 3, taken: { intake: 2 } },
  reporting: { taken: { intake: 2, casework: 3 } },
};
const takenOf = ({ taken = {} }: Has) =>
  Object.entries(taken).map(([publisher, seq]) => ({ publisher, seq }));

function sighting(all: All): Sighting {
  const known = Object.entries(all).map(([service, has]): [Service, KnownInput] => [
    service as Service,
    {
      inputId: 'i',
      state: 'routed',
      open: has.open ?? true,
      acceptedAt: '2026-11-22T09:00:00.000Z',
      written: has.written ?? 0,
      taken: takenOf(has),
    },
  ]);
  return { inputId: 'i', knownTo: new Map(known), ...(all.intake && { origin: 'intake' }) };
}

function trails(all: All): Map<Service, Trail> {
  return new Map(
    Object.entries(all).map(([service, has]): [Service, Trail] => [
      service as Service,
      {
        inputId: 'i',
        written: has.written ?? 0,
        published: has.published ?? has.written ?? 0,
        taken: takenOf(has),
        parked: has.parked ?? [],
      },
    ]),
  );
}

const agree = (changes: All) => listsAgree(sighting({ ...arrived, ...changes }));
/** Nothing moved between the two times that the services were asked, unless the second is given. */
const stop = (changes: All, later: All = changes) =>
  stopOf('intake', trails({ ...arrived, ...changes }), trails({ ...arrived, ...later }));

describe('lists', () => {
  it('agree when all who read have taken all that was written, and the loop is as open to each', () =>
    expect(agree({})).toBe('agree'));
  it('are unclear when a service does not know the input, or nobody accepted it', () => {
    for (const service of ['casework', 'reporting', 'intake'] as const) {
      const { [service]: _, ...others } = arrived;
      expect(listsAgree(sighting(others))).toBe('unclear');
    }
  });
  it.each<[string, All]>([
    [
      'casework has not taken the last event of the origin',
      { casework: { written: 3, taken: { intake: 1 } } },
    ],
    ['the origin has not taken the last of casework', { intake: { written: 2, taken: { casework: 2 } } }],
    ['reporting lacks one of the origin', { reporting: { taken: { intake: 1, casework: 3 } } }],
    ['reporting lacks one of casework', { reporting: { taken: { intake: 2, casework: 2 } } }],
    ['reporting has more than casework wrote', { reporting: { taken: { intake: 2, casework: 4 } } }],
  ])('are unclear when %s, though all have it open', (_, changes) => expect(agree(changes)).toBe('unclear'));
  it('disagree when all is taken, and one has it open, the other closed', () => {
    expect(agree({ casework: { ...arrived.casework, open: false } })).toMatchObject({
      what: 'disagrees',
      where: 'casework',
    });
    expect(agree({ reporting: { ...arrived.reporting, open: false } })).toMatchObject({
      what: 'disagrees',
      where: 'reporting',
    });
  });
});

describe('where it stopped', () => {
  it('is nowhere when everything has arrived, or arrived between the two times', () => {
    expect(stop({})).toBeUndefined();
    expect(stop({ casework: { written: 3, taken: { intake: 1 } } }, {})).toBeUndefined();
  });
  it('is nowhere when one more was written and taken between the two times', () => {
    const more: All = {
      intake: { written: 3, taken: { casework: 3 } },
      casework: { written: 3, taken: { intake: 3 } },
      reporting: { taken: { intake: 3, casework: 3 } },
    };
    expect(stop({}, more)).toBeUndefined();
    // Its reader had taken it by the time that it was first asked, its publisher was asked just before.
    expect(stop({ reporting: { taken: { intake: 3, casework: 3 } } }, more)).toBeUndefined();
    // Written after the publisher was first asked: neither missing yet, nor too much.
    expect(stop({}, { intake: { written: 3, taken: { casework: 3 } } })).toBeUndefined();
    expect(stop({}, { ...more, reporting: { taken: { intake: 2, casework: 3 } } })).toBeUndefined();
  });
  it('is its publisher while what is missing is not published', () =>
    expect(
      stop({
        intake: { written: 2, published: 1, taken: { casework: 3 } },
        casework: { written: 3, taken: { intake: 1 } },
        reporting: { taken: { intake: 1, casework: 3 } },
      }),
    ).toEqual({
      what: 'not-published',
      where: 'intake',
      publisher: 'intake',
      reader: 'casework',
      written: 2,
      published: 1,
      taken: 1,
    }));
  it('is its reader once it is published', () => {
    const found = stop({ casework: { written: 3, taken: { intake: 1 } } });
    expect(found).toMatchObject({ what: 'not-taken', where: 'casework', published: 2, taken: 1 });
    expect(sayStop(found!)).toBe('published by intake but not taken by casework: 2 published, 1 taken');
  });
  it('is the reader that has never heard of it', () =>
    expect(stop({ reporting: {} })).toMatchObject({ what: 'not-taken', where: 'reporting', taken: 0 }));
  it('is found on the way back to the origin, too', () =>
    expect(stop({ intake: { written: 2, taken: { casework: 1 } } })).toMatchObject({
      what: 'not-taken',
      where: 'intake',
      publisher: 'casework',
    }));
  it.each(['failed', 'behind'])('is where its event is parked, when one is %s', (kind) =>
    expect(
      stop({
        casework: { written: 3, taken: { intake: 1 }, parked: [{ publisher: 'intake', kind }] },
      }),
    ).toMatchObject({ what: 'parked', where: 'casework' }),
  );
  it('is not parked while an event waits for an earlier one: that one is missing', () =>
    expect(
      stop({
        casework: { written: 3, taken: { intake: 0 }, parked: [{ publisher: 'intake', kind: 'gap' }] },
      }),
    ).toMatchObject({ what: 'not-taken', where: 'casework', taken: 0 }));
  it('does not hide behind what is parked elsewhere', () =>
    expect(
      stop({
        casework: { written: 3, taken: { intake: 1 }, parked: [{ publisher: 'intake', kind: 'failed' }] },
        reporting: { taken: { intake: 2, casework: 2 } },
      }),
    ).toMatchObject({ what: 'not-taken', where: 'reporting', publisher: 'casework' }));
  it('is where its event is parked also when what follows from it was lost: that comes back with it', () =>
    expect(
      stop({ casework: { taken: {}, parked: [{ publisher: 'intake', kind: 'failed' }] } }),
    ).toMatchObject({ what: 'parked', where: 'casework' }));
  it('is the publisher that has lost what others have taken', () =>
    expect(stop({ casework: { written: 1, taken: { intake: 2 } } })).toMatchObject({
      what: 'ahead',
      where: 'casework',
      reader: 'intake',
      written: 1,
      taken: 3,
    }));
});

describe('since when it stands there', () => {
  const at = (changes: All) => signatureOf(stop(changes)!);
  const missing = { written: 3, taken: { intake: 1 } };
  it('is counted on while the same event is missing, published or not', () => {
    expect(at({ casework: missing })).toBe(
      at({ casework: missing, intake: { written: 2, published: 1, taken: { casework: 3 } } }),
    );
    expect(at({ casework: missing })).toBe(
      at({ casework: missing, intake: { written: 5, published: 5, taken: { casework: 3 } } }),
    );
  });
  it('begins anew when its reader moves', () =>
    expect(at({ casework: missing })).not.toBe(at({ casework: { written: 3, taken: { intake: 0 } } })));
});
