import type { Credentials } from '../http/api-client.js';
import { BearerToken } from '../http/bearer-token.js';
import type { Patience } from '../http/request.js';
import { readSecret } from '../http/secret.js';
import { oauth1Header } from './oauth1.js';
import type { Auth } from './settings.js';

export function credentialsFor(auth: Auth, patience: Patience): Credentials {
  switch (auth.kind) {
    case 'oauth2':
      return new BearerToken(auth, patience);
    case 'oauth1': {
      const { key, signature = 'HMAC-SHA256' } = auth;
      return lasting(async (url) => ({
        authorization: oauth1Header('GET', url, key, await readSecret(auth.secret), signature),
      }));
    }
    case 'proxy-key':
      return lasting(async () => ({ [auth.header]: await readSecret(auth.secret) }));
  }
}

/** Nothing else can be tried after a 401. */
function lasting(headers: Credentials['headers']): Credentials {
  return { headers, renew: () => false };
}
