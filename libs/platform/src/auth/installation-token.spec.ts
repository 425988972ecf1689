import { hkdfSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { trustedDistrict } from '../district.js';
import { installationToken } from './installation-token.js';
import { verifyToken } from './token.js';

const secret = 'cd'.repeat(32);
process.env['HEARBACK_SECRET'] = secret;
process.env['HEARBACK_DISTRICTS'] = 'moon=localhost;mars=mars.test';

/** What somebody else could try: the same claims, one thing about them changed. */
async function forged(changes: {
  secret?: string;
  purpose?: string;
  issuer?: string;
  issuedAt?: number;
  lives?: string;
}): Promise<string> {
  const master = Buffer.from(changes.secret ?? secret, 'hex');
  const purpose = changes.purpose ?? 'installation tokens';
  const key = new Uint8Array(hkdfSync('sha256', master, 'hearback', purpose, 32));
  return new SignJWT({ district: 'moon', roles: ['it'] })
    .setProtectedHeader({ alg: 'HS256', kid: 'hearback-installation' })
    .setIssuer(changes.issuer ?? 'urn:hearback:installation')
    .setAudience('hearback')
    .setSubject('reconciler')
    .setIssuedAt(changes.issuedAt)
    .setExpirationTime(changes.lives ?? '60s')
    .sign(key);
}

it('is IT of one district, under the name of the service that asks', async () => {
  const token = await installationToken(trustedDistrict('mars'), 'reconciler');
  expect(await verifyToken(token)).toMatchObject({
    kind: 'token',
    district: 'mars',
    sub: 'reconciler',
    roles: ['it'],
    orgs: [],
    teams: [],
  });
  expect(await verifyToken(await forged({}))).toMatchObject({ district: 'moon' });
});

const minuteAgo = Math.floor(Date.now() / 1000) - 70;
it.each([
  ['was signed with another master secret', { secret: 'ab'.repeat(32) }],
  ['was signed with a key of another purpose', { purpose: 'wrap keys of inputs' }],
  ['names another issuer', { issuer: 'http://localhost:8090' }],
  ['has ended', { issuedAt: minuteAgo, lives: '1s' }],
  ['was issued more than a minute ago, whatever end it names', { issuedAt: minuteAgo, lives: '10y' }],
])('is not accepted when it %s', async (_, changes) => {
  await expect(forged(changes).then(verifyToken)).rejects.toMatchObject({ status: 401 });
});

it('is not accepted for a district that this installation does not have', async () => {
  const token = await installationToken(trustedDistrict('venus'), 'reconciler');
  await expect(verifyToken(token)).rejects.toMatchObject({ status: 401 });
});

it('that nobody signed is not accepted', async () => {
  const header = Buffer.from('{"alg":"none","kid":"hearback-installation"}').toString('base64url');
  const [, claims] = (await installationToken(trustedDistrict('moon'), 'reconciler')).split('.');
  await expect(verifyToken(`${header}.${claims}.`)).rejects.toMatchObject({ status: 401 });
});
