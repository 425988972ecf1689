import { randomBytes } from 'node:crypto';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { contentPolicy, html, Markup, page } from '../page.js';
import type { Settings } from '../settings.js';
import { AUDIENCE } from './mint-token.js';
import { claimsOf, type Person } from './people.js';
import { SIGNING_ALGORITHM, type SigningKey } from './signing-key.js';

export const CLIENT_ID = 'hearback-console';
export const TOOL = 'Sign-in';

// A resource indicator is a URI; the tokens themselves carry the short audience.
const RESOURCE = 'urn:hearback:api';
const CLAIMS = ['name', 'district', 'roles', 'orgs', 'teams'];
const SUBMIT = "document.querySelector('button').click()";
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * The development issuer: code flow with PKCE for the one confidential client, JWT access tokens for the
 * audience `hearback`, refresh tokens that rotate. Sessions and grants are in memory (a restart asks people to
 * sign in again); the key is not, so tokens that were issued go on verifying.
 */
export function issuerFor(settings: Settings, people: Person[], key: SigningKey): Provider {
  const claimsFor = (user: string) => {
    const person = people.find((one) => one.user === user);
    return person && claimsOf(person, settings.district);
  };
  const configuration: Configuration = {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: CLIENT_ID,
        client_name: 'Hearback',
        client_secret: settings.clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${settings.publicUrl}/auth/callback`],
        post_logout_redirect_uris: [`${settings.publicUrl}/`],
        id_token_signed_response_alg: SIGNING_ALGORITHM,
      },
    ],
    claims: { openid: ['sub'], profile: CLAIMS },
    scopes: ['openid', 'profile', 'offline_access'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    ttl: {
      AccessToken: 30 * MINUTE,
      AuthorizationCode: MINUTE,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: 12 * HOUR,
      Grant: 14 * 24 * HOUR,
      RefreshToken: 14 * 24 * HOUR,
    },
    interactions: { url: (_context, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_context, user) => {
      const claims = claimsFor(user);
      return claims && { accountId: user, claims: () => ({ sub: user, ...claims }) };
    },
    extraTokenClaims: (_context, token) => {
      const user = 'accountId' in token ? token.accountId : undefined;
      return user === undefined ? undefined : { ...claimsFor(user) };
    },
    // The console is the district's own client: signing in is the consent, nothing more is asked.
    loadExistingGrant,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    renderError: (context, out) => {
      context.type = 'html';
      context.set('content-security-policy', contentPolicy());
      context.body = problemPage(settings, out.error_description ?? out.error);
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 30 * MINUTE,
          jwt: { sign: { alg: SIGNING_ALGORITHM } },
        }),
      },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource: signedOut(settings) },
    },
  };
  return new Provider(settings.issuer, configuration);
}

/** What somebody sees whose sign-in went wrong, with the one thing to do about it. */
export function problemPage(settings: Settings, what: string): string {
  return page(
    TOOL,
    'That did not work',
    html`<h1>That did not work</h1>
      <div class="alert" role="alert"><p>${what}</p></div>
      <p><a href="${settings.publicUrl}/auth/sign-in">Start signing in again</a></p>`,
  );
}

async function loadExistingGrant(context: KoaContextWithOIDC) {
  const { client, session, provider } = context.oidc;
  if (!client || !session?.accountId) return undefined;
  const existing = session.grantIdFor(client.clientId);
  const found = existing ? await provider.Grant.find(existing) : undefined;
  if (found) return found;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile offline_access');
  grant.addOIDCClaims(CLAIMS);
  grant.addResourceScope(RESOURCE, '');
  await grant.save();
  return grant;
}

// The person has pressed "sign out" in the console already; asking again here would only teach clicking.
function logoutSource(context: KoaContextWithOIDC, form: string): void {
  context.set('content-security-policy', contentPolicy(SUBMIT));
  context.body = page(
    TOOL,
    'Signing out',
    html`<h1>Signing out</h1>
      ${new Markup(form)}
      <button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>
      ${new Markup(autoSubmit)}`,
  );
}

const autoSubmit = `<script>${SUBMIT}</script>`;

function signedOut(settings: Settings) {
  return (context: KoaContextWithOIDC): void => {
    context.set('content-security-policy', contentPolicy());
    context.body = page(
      TOOL,
      'You are signed out',
      html`<h1>You are signed out</h1>
        <p><a href="${settings.publicUrl}/">Back to Hearback</a></p>`,
    );
  };
}
