import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Problem } from '#platform';
import { isData } from './security-headers.js';

// From dist/apps/gateway/src/console to dist/console, where the console's build goes.
const built = fileURLToPath(new URL('../../../../console', import.meta.url));

/** Serves the console: hashed assets for a year, everything else fresh, any screen's address from index.html. */
export async function serveConsole(gateway: FastifyInstance, root = built): Promise<void> {
  if (existsSync(root))
    await gateway.register(fastifyStatic, { root, serve: false, cacheControl: false, index: false });
  gateway.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: (request, reply) => {
      const path = decodedPath(request.url);
      if (isData(path)) throw new Problem(404);
      if (!existsSync(`${root}/index.html`) || !reply.sendFile) {
        throw new Problem(503, 'The console is not built', {
          detail: 'Build it with: npm run build',
          headers: { 'retry-after': '5' },
        });
      }
      const isFile = /\.[a-z0-9]{2,5}$/i.test(path);
      const forever = path.startsWith('/assets/');
      return reply
        .header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
        .sendFile(isFile ? path.slice(1) : 'index.html');
    },
  });
}

function decodedPath(url: string): string {
  try {
    return decodeURIComponent(url.split('?', 1)[0]!);
  } catch {
    throw new Problem(400, undefined, { detail: 'The address cannot be read.' });
  }
}
