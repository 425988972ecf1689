import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import {
  ClientSecretBasic,
  ResponseBodyError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  tokenRevocation,
} from 'openid-client';
import type { Configuration, TokenEndpointResponse } from 'openid-client';
import { config, unavailable } from '#platform';

const clientId = 'hearback-console';
/** Published with the development issuer, so it keeps nobody out. */
const publicSecret = 'development-only';

/** What a sign-in must remember between leaving for the issuer and coming back. */
export interface SignInUnderWay {
  state: string;
  nonce: string;
  verifier: string;
  to: string;
}

/** Tokens as they are kept: never in the browser. */
export interface Tokens {
  access: string;
  refresh?: string;
  /** Milliseconds since 1970. */
  accessUntil: number;
}

/** The issuer said no: the code or the refresh token is used up, withdrawn or forged. */
export class IssuerRefuses extends Error {
  override readonly name = 'IssuerRefuses';
}

/** What the issuer publishes about itself. Not a member: the OpenAPI plugin would look into the library's types. */
let found: Promise<Configuration> | undefined;

/** The OIDC issuer that people sign in at: code flow with PKCE, state and nonce. */
@Injectable()
export class Issuer implements OnModuleInit {
  /** At start, not at the first sign-in. */
  onModuleInit(): void {
    clientSecret(process.env, config().issuer);
  }

  /** Where to send the browser, and what to remember meanwhile. `again` asks for the password whoever is known there. */
  async begin(to: string, again: boolean): Promise<{ url: string; underWay: SignInUnderWay }> {
    const underWay = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), to };
    const url = buildAuthorizationUrl(await issuerConfiguration(), {
      redirect_uri: `${config().publicUrl}/auth/callback`,
      scope: 'openid profile offline_access',
      state: underWay.state,
      nonce: underWay.nonce,
      code_challenge: await calculatePKCECodeChallenge(underWay.verifier),
      code_challenge_method: 'S256',
      ...(again && { prompt: 'login' }),
    });
    return { url: url.href, underWay };
  }

  /** Turns the code of a callback into tokens. @throws IssuerRefuses when state, nonce or code do not fit. */
  async finish(callback: URL, { state, nonce, verifier }: SignInUnderWay): Promise<Tokens> {
    const checks = {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    };
    return this.tokens(async (configuration) => authorizationCodeGrant(configuration, callback, checks));
  }

  /** New tokens for a refresh token. @throws IssuerRefuses when it is no longer taken. */
  refresh(refreshToken: string): Promise<Tokens> {
    return this.tokens((configuration) => refreshTokenGrant(configuration, refreshToken));
  }

  /** Tells the issuer that a refresh token is done with; that it cannot be told is no reason to stay signed in. */
  async forget(refreshToken: string): Promise<void> {
    await issuerConfiguration()
      .then((configuration) => tokenRevocation(configuration, refreshToken))
      .catch(() => undefined);
  }

  private async tokens(
    grant: (configuration: Configuration) => Promise<TokenEndpointResponse>,
  ): Promise<Tokens> {
    const configuration = await issuerConfiguration();
    try {
      const {
        access_token: access,
        refresh_token: refresh,
        expires_in: seconds = 300,
      } = await grant(configuration);
      return { access, ...(refresh && { refresh }), accessUntil: Date.now() + seconds * 1_000 };
    } catch (error) {
      if (isUnreachable(error))
        throw unavailable('The issuer does not answer; signing in has to wait a moment.');
      throw new IssuerRefuses(
        error instanceof ResponseBodyError
          ? `${error.error} ${error.error_description ?? ''}`
          : (error as Error).message,
      );
    }
  }
}

/** The client's secret. @throws Error when it is the public one and the issuer is not on this machine. */
export function clientSecret(env: NodeJS.ProcessEnv, issuer: string): string {
  const secret = env['HEARBACK_CLIENT_SECRET'] || publicSecret;
  const { hostname } = new URL(issuer);
  if (secret !== publicSecret || /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname))
    return secret;
  throw new Error(
    `HEARBACK_CLIENT_SECRET must be set to the secret of the client '${clientId}' at ${issuer}; its default is public`,
  );
}

/** Read once it answers; a failure is forgotten, so that the next attempt asks again. */
function issuerConfiguration(): Promise<Configuration> {
  const { issuer } = config();
  found ??= discovery(
    new URL(issuer),
    clientId,
    undefined,
    ClientSecretBasic(clientSecret(process.env, issuer)),
    { timeout: 5, ...(issuer.startsWith('http:') && { execute: [allowInsecureRequests] }) },
  ).catch(() => {
    found = undefined;
    throw unavailable(`The issuer at ${issuer} does not answer; signing in has to wait a moment.`);
  });
  return found;
}

function isUnreachable(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'TypeError' || name === 'TimeoutError' || code === 'OAUTH_TIMEOUT';
}
