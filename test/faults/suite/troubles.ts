import type { HearbackEvent } from '#contracts';
import { trustedDistrict } from '#platform';
import type { District } from '#testing';
import { parked } from './lists.js';
import type { ParkedItem } from './lists.js';
import type { Load } from './load.js';
import { asking } from './load.js';
import { atSchool } from './origins.js';
import { envelope } from './poisons.js';
import { pause } from './stage.js';

const moon = trustedDistrict('moon');

const readers = ['intake', 'casework', 'reporting', 'student-voice', 'family-council'] as const;
/** A school of which nobody of the load speaks. */
const lostSchool = '00417-033';
/** Casework looks at its organisations once a second. */
const noticedMs = 1_200;

/**
 * Events that are held or parked: mostly about organisations that nobody has an input of, which every service reads and
 * no person waits for.
 */
export class Troubles {
  /** The name that each organisation must have in the end, wherever it is known. */
  private readonly names = new Map<string, string>();

  constructor(
    private readonly district: District,
    private readonly name: string,
  ) {}

  /** An event comes before the one that it follows: it is held, and released when that one comes. */
  async gap(): Promise<void> {
    const orgId = this.orgId('second');
    await this.district.topics.publish('roster', moon, changed(orgId, 'second'), 2);
    await pause(400);
    await this.district.topics.publish('roster', moon, changed(orgId, 'first'), 1);
  }

  /** An event that no handler can take: it is parked, and tried again after 1, 5, 30 s; what follows it waits behind. */
  async failing(): Promise<void> {
    const orgId = this.orgId('behind');
    const headers = envelope('roster', orgId, 'hearback.org.changed.v1');
    await this.district.topics.publishRaw('roster', orgId, JSON.stringify({ orgId }), headers);
    await pause(400);
    await this.district.topics.publish('roster', moon, changed(orgId, 'behind'), 2);
  }

  /**
   * Casework loses a school out of its copy of the roster, so that what somebody says there is parked; the school comes
   * back, and the next timed try must bring it through.
   */
  async mendable(load: Load): Promise<void> {
    const { district } = this;
    const ask = asking(district);
    const schools = district.db('casework').collection('organisations');
    const cases = district.db('casework').collection('cases');
    const waiting = district.db('casework').collection('parked');
    await schools.deleteOne({ id: lostSchool });
    await pause(noticedMs);
    const name = `${this.name}: lost school ${load.walks.length}`;
    const originator = await atSchool(ask, name, lostSchool);
    load.remember(name, originator);
    const { inputId: key } = originator;
    const hasCase = async (): Promise<boolean> => (await cases.findOne({ 'index.inputs': key })) !== null;
    while (!(await waiting.findOne({ key })) && !(await hasCase())) await pause(200);
    while (!(await schools.findOne({ id: lostSchool }))) {
      const auth = await load.tokens('it');
      await ask('POST', '/api/roster/ops/republish', { auth, body: { inputId: lostSchool } });
      await pause(1_000);
    }
    // Lost again before that, it would be tried in vain, and later each time.
    while (!(await hasCase())) await pause(200);
  }

  /** Every organisation has its last name in every service, by its second event. @returns what has not, a line each. */
  async check(): Promise<string[]> {
    const ids = [...this.names.keys()];
    const all = await Promise.all(
      readers.map(async (service) => {
        const found = await this.district
          .db(service)
          .collection('organisations')
          .find({ id: { $in: ids } })
          .toArray();
        const known = new Map(found.map(({ id, state, seen }) => [id as string, stored(state, seen)]));
        return ids
          .filter((id) => known.get(id) !== `${this.names.get(id)} by 2`)
          .map((id) => `${service}: ${id} is ${known.get(id)}, not ${this.names.get(id)} by 2`);
      }),
    );
    return all.flat();
  }

  isMine = ({ key }: ParkedItem): boolean => key?.startsWith(this.name) ?? false;

  /** Everything that was parked by it is discarded, as IT would; what waited behind flows again. */
  async clear(load: Load): Promise<number> {
    const ask = asking(this.district);
    const auth = await load.tokens('it');
    const body = { why: 'A fault scenario made it.' };
    let cleared = 0;
    for (;;) {
      const mine = (await parked(ask, load.tokens)).filter(this.isMine);
      if (mine.length === 0) return cleared;
      // 404: a retry of its own was quicker.
      for (const { service, id } of mine.filter(({ kind }) => kind === 'failed')) {
        await ask('POST', `/api/ops/parked/${service}/${id}/discard`, { auth, body }, [404]);
        cleared += 1;
      }
      await pause(300);
    }
  }

  private orgId(lastName: string): string {
    const orgId = `${this.name}-${this.names.size + 1}`;
    this.names.set(orgId, lastName);
    return orgId;
  }
}

/** An organisation's name, and the number of roster's last event about it. */
function stored(state: unknown, seen: unknown): string {
  const { name } = state as { name?: string };
  const roster = (seen as { publisher: string; seq: number }[]).find(
    ({ publisher }) => publisher === 'roster',
  );
  return `${name} by ${roster?.seq}`;
}

function changed(orgId: string, name: string): HearbackEvent {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}
