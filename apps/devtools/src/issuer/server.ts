import { createServer, type Server } from 'node:http';
import { sendJson } from '../page.js';
import type { Settings } from '../settings.js';
import { demoPeople } from './people.js';
import { issuerFor } from './provider.js';
import { signIn } from './sign-in.js';
import { signingKey } from './signing-key.js';

/** The development issuer, not listening yet: GET /health, the sign-in page, and OpenID Connect for the rest. */
export async function issuerServer(settings: Settings): Promise<Server> {
  const people = await demoPeople(settings.demo);
  const provider = issuerFor(settings, people, await signingKey(settings.data));
  provider.on('server_error', (_context, error) => console.error('issuer:', error));
  const standard = provider.callback();
  const askWho = signIn(provider, people, settings);
  return createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/health') return sendJson(response, 200, { status: 'ok' });
    if (!path.startsWith('/sign-in/')) return void standard(request, response);
    askWho(request, response).catch((error: unknown) => {
      console.error('issuer:', error);
      if (!response.headersSent) sendJson(response, 500, { status: 500, title: 'The sign-in failed' });
    });
  });
}
