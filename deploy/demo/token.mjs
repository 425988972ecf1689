// npm run token -- --as ROLE [--org ID] [--team ID] [--sub ID] [--district ID]
// Prints a bearer token of the development issuer, and nothing else, so that it can stand in $(…).
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const minting = new URL('../../dist/apps/devtools/src/issuer/mint-token.js', import.meta.url);

/** See token.d.mts. */
export async function mintToken(request) {
  if (!existsSync(minting)) throw new Error('Hearback is not built yet: run npm start once');
  const { mintToken: mint } = await import(minting.href);
  return mint(request);
}

async function main() {
  const text = { type: 'string' };
  const list = { type: 'string', multiple: true };
  const { values } = parseArgs({ options: { as: text, org: list, team: list, sub: text, district: text } });
  process.stdout.write(`${await mintToken({ ...values, as: values.as ?? '' })}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`token: ${error.message}`);
    process.exit(1);
  });
}
