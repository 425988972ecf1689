import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

/** What a test's caller claims to be. */
export interface Claims {
  roles: string[];
  district?: string;
  sub?: string;
  orgs?: string[];
  teams?: string[];
}

/** A signer of tokens with published keys, for tests of single services. */
export interface TestIssuer {
  url: string;
  token(claims: Claims): Promise<string>;
  close(): Promise<void>;
}

export async function testIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token: ({ roles, district = 'moon', sub = `test-${roles[0]}`, orgs = [], teams = [] }) =>
      new SignJWT({ district, roles, orgs, teams, name: `Test ${roles[0]}` })
        .setProtectedHeader({ alg: 'ES256', kid: 'test' })
        .setIssuer(url)
        .setAudience('hearback')
        .setSubject(sub)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
