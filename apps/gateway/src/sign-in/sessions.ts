import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { decodeJwt } from 'jose';
import type { Collection, Db } from 'mongodb';
import { DATABASE, districtOfHost, trustedDistrict } from '#platform';
import type { District } from '#platform';
import { Issuer, IssuerRefuses } from './issuer.js';
import type { Tokens } from './issuer.js';
import { opened, sealed } from './seal.js';

/** A browser's sign-in. The cookie's id is not stored, only its hash; the tokens only encrypted. */
interface SessionDocument {
  _id: string;
  district: District;
  sub: string;
  tokens: string;
  /** When the access token ends. */
  accessUntil: Date;
  /** Someone fetches new tokens until then; a hint, taken by compare-and-set. */
  refreshingUntil: Date;
  /** MongoDB removes the session then. */
  expiresAt: Date;
}

const hour = 3_600_000;
/** How long one stays signed in at most. */
export const sessionMs = 12 * hour;
const refreshBeforeMs = 60_000;

/** Sign-ins of browsers: an opaque id outside, the tokens in here. */
@Injectable()
export class Sessions implements OnModuleInit {
  private readonly logger = new Logger('sessions');
  private readonly collection: Collection<SessionDocument>;

  constructor(
    @Inject(DATABASE) db: Db,
    private readonly issuer: Issuer,
  ) {
    this.collection = db.collection<SessionDocument>('sessions', {
      writeConcern: { w: 'majority', journal: true },
    });
  }

  async onModuleInit(): Promise<void> {
    await this.collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
    await this.collection.createIndex({ district: 1, sub: 1 });
  }

  /** @returns the cookie's value: the district and 256 random bits. */
  async begin(tokens: Tokens): Promise<string> {
    const { district, sub } = decodeJwt(tokens.access) as { district?: string; sub?: string };
    const owner = district ? trustedDistrict(district) : districtOfHost(undefined);
    const id = `${owner}.${randomBytes(32).toString('base64url')}`;
    await this.collection.insertOne({
      _id: hashOf(id),
      district: owner,
      sub: sub ?? '',
      tokens: await sealed('session', tokens),
      accessUntil: new Date(tokens.accessUntil),
      refreshingUntil: new Date(0),
      expiresAt: new Date(Date.now() + sessionMs),
    });
    return id;
  }

  /** A valid access token for a cookie, fetched anew when it is about to end; undefined when nobody is signed in. */
  async accessToken(cookie: string): Promise<string | undefined> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const session = await this.find(cookie);
      const tokens = session && (await opened<Tokens>('session', session.tokens));
      if (!session || !tokens) return undefined;
      const left = tokens.accessUntil - Date.now();
      if (left > refreshBeforeMs) return tokens.access;
      if (!tokens.refresh) return left > 0 ? tokens.access : undefined;
      if (await this.mayRefresh(session)) return this.refreshed(session, tokens, left);
      // Another request is at it: a refresh token works once, so this one waits, or goes on with what it has.
      if (left > 0) return tokens.access;
      await pause(250);
    }
    return undefined;
  }

  async end(cookie: string): Promise<void> {
    const session = await this.find(cookie);
    if (!session) return;
    await this.collection.deleteOne({ _id: session._id, district: session.district });
    const tokens = await opened<Tokens>('session', session.tokens);
    if (tokens?.refresh) await this.issuer.forget(tokens.refresh);
  }

  private async find(cookie: string): Promise<SessionDocument | undefined> {
    const district = trustedDistrict(cookie.split('.', 1)[0]!);
    return (
      (await this.collection.findOne({ _id: hashOf(cookie), district, expiresAt: { $gt: new Date() } })) ??
      undefined
    );
  }

  private async mayRefresh({ _id, district, refreshingUntil }: SessionDocument): Promise<boolean> {
    if (refreshingUntil.getTime() > Date.now()) return false;
    const until = new Date(Date.now() + 10_000);
    const { modifiedCount } = await this.collection.updateOne(
      { _id, district, refreshingUntil },
      { $set: { refreshingUntil: until } },
    );
    return modifiedCount === 1;
  }

  private async refreshed(
    { _id, district }: SessionDocument,
    tokens: Tokens,
    left: number,
  ): Promise<string | undefined> {
    try {
      const next = { refresh: tokens.refresh, ...(await this.issuer.refresh(tokens.refresh!)) };
      const changes = {
        tokens: await sealed('session', next),
        accessUntil: new Date(next.accessUntil),
        refreshingUntil: new Date(0),
      };
      await this.collection.updateOne({ _id, district }, { $set: changes });
      return next.access;
    } catch (error) {
      if (error instanceof IssuerRefuses) {
        this.logger.log(`a session has ended: ${error.message}`);
        await this.collection.deleteOne({ _id, district });
        return undefined;
      }
      // The issuer is away for a moment: what is still valid goes on being used.
      if (left > 0) return tokens.access;
      throw error;
    }
  }
}

function hashOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url');
}
