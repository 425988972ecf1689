// npm run bench -- NAME: figures measured on this machine, never a test's pass or fail.
import { accept } from './accept.mjs';
import { idle } from './idle.mjs';
import { visible } from './visible.mjs';

const figures = { accept, visible, idle };
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in figures));
if (asked.length === 0 || unknown) {
  console.error(
    `${unknown ? `There is no figure '${unknown}'. ` : ''}Name one of: ${Object.keys(figures).join(', ')}`,
  );
  process.exit(2);
}
for (const name of asked) console.table(await figures[name]());
