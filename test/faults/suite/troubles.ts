import type { HearbackEvent } from '#contracts';
import { trustedDistrict } from '#platform';
import type { District } from '#testing';
import { parked } from './lists.js';
import type { ParkedItem } from './lists.js';
import type { Load } from './load.js';
import { asking } from './load.js';
import { pause } from './stage.js';

const moon = trustedDistrict('moon');

/** Events about organisations that nobody has an input of: every service reads them, and no person waits for them. */
export class Troubles {
  private made = 0;

  constructor(
    private readonly district: District,
    private readonly name: string,
  ) {}

  /** An event comes before the one that it follows: it is held, and released when that one comes. */
  async gap(): Promise<void> {
    const orgId = this.orgId();
    await this.district.topics.publish('roster', moon, changed(orgId, 'second'), 2);
    await pause(400);
    await this.district.topics.publish('roster', moon, changed(orgId, 'first'), 1);
  }

  /** An event that no handler can take: it is parked, and tried again after 1, 5, 30 s; what follows it waits behind. */
  async failing(): Promise<void> {
    const orgId = this.orgId();
    const hollow = { orgId };
    await this.district.topics.publishRaw('roster', orgId, JSON.stringify(hollow), {
      ...{ ce_specversion: '1.0', ce_type: 'hearback.org.changed.v1', ce_time: new Date().toISOString() },
      ...{ ce_id: `roster/moon/${orgId}/1`, ce_source: '/hearback/roster', ce_subject: orgId },
      ...{ ce_district: 'moon', ce_publisher: 'roster', ce_key: orgId, ce_seq: '1' },
    });
    await pause(400);
    await this.district.topics.publish('roster', moon, changed(orgId, 'behind'), 2);
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

  private orgId(): string {
    this.made += 1;
    return `${this.name}-${this.made}`;
  }
}

function changed(orgId: string, name: string): HearbackEvent {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}
