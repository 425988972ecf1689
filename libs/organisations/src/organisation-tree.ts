import { Injectable } from '@nestjs/common';
import type { District } from '#platform';
import { invalid } from '#platform';
import type { Organisation } from './organisation.js';
import { OrgStore } from './organisation.store.js';

interface Snapshot {
  readAt: number;
  byId: Map<string, Organisation>;
  children: Map<string, string[]>;
}

/** How old a snapshot may be before it is read again. */
const freshMs = 1_000;

/** The organisations of a district and their levels, held in memory so that handlers stay synchronous. */
@Injectable()
export class OrganisationTree {
  private readonly snapshots = new Map<District, Snapshot>();
  private readonly reading = new Map<District, Promise<void>>();

  constructor(private readonly store: OrgStore) {}

  /** Reads again what is older than a second. */
  async refresh(districts: readonly District[]): Promise<void> {
    for (const district of districts) {
      const known = this.snapshots.get(district);
      if (!known || Date.now() - known.readAt > freshMs) await this.readOnce(district);
    }
  }

  async fresh(district: District): Promise<this> {
    await this.refresh([district]);
    return this;
  }

  /**
   * The organisation of a request: known and active. A miss is looked up once more, because its event may have come
   * within the last second. @throws Problem 422 naming the field.
   */
  async require(district: District, orgId: string, field = 'orgId'): Promise<Organisation> {
    await this.refresh([district]);
    if (!this.find(district, orgId)) await this.readOnce(district);
    const found = this.find(district, orgId);
    if (!found)
      throw invalid(
        field,
        'known-organisation',
        `${field}: there is no organisation '${orgId}' in this district.`,
      );
    if (!found.active)
      throw invalid(field, 'active-organisation', `${field}: ${found.name} takes no new input.`);
    return found;
  }

  find(district: District, orgId: string): Organisation | undefined {
    return this.snapshots.get(district)?.byId.get(orgId);
  }

  all(district: District): Organisation[] {
    return [...(this.snapshots.get(district)?.byId.values() ?? [])];
  }

  /** The ids above an organisation, from its parent to the top. A cycle ends where it began. */
  above(district: District, orgId: string): string[] {
    const above: string[] = [];
    let next = this.find(district, orgId)?.parentId;
    while (next && next !== orgId && !above.includes(next)) {
      above.push(next);
      next = this.find(district, next)?.parentId;
    }
    return above;
  }

  /** The ids of an organisation and everything below it. */
  within(district: District, orgId: string): string[] {
    const found = new Set([orgId]);
    for (const id of found)
      for (const child of this.snapshots.get(district)?.children.get(id) ?? []) found.add(child);
    return [...found];
  }

  /** All who want it anew at the same time wait for the same read: it is the whole tree. */
  private readOnce(district: District): Promise<void> {
    const reading =
      this.reading.get(district) ??
      this.read(district)
        .then((snapshot) => void this.snapshots.set(district, snapshot))
        .finally(() => this.reading.delete(district));
    this.reading.set(district, reading);
    return reading;
  }

  private async read(district: District): Promise<Snapshot> {
    const readAt = Date.now();
    const byId = new Map<string, Organisation>();
    for (let cursor: string | undefined; ;) {
      const { items, next } = await this.store.list(district, { limit: 1_000, ...(cursor && { cursor }) });
      for (const { state } of items) byId.set(state.orgId, state);
      if (!next) break;
      cursor = next;
    }
    const children = Map.groupBy(byId.values(), (org) => org.parentId ?? '');
    return {
      readAt,
      byId,
      children: new Map([...children].map(([id, orgs]) => [id, orgs.map((org) => org.orgId)])),
    };
  }
}
