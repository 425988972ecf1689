// One figure in a process of its own, so that none inherits another's heap: `node figure.mjs NAME` prints its rows.
import { figures } from './figures.mjs';

try {
  const rows = await (await figures[process.argv[2]]())();
  process.stdout.write(`${JSON.stringify(rows)}\n`, () => process.exit(0));
} catch (error) {
  process.stderr.write(`${process.env.BENCH_DEBUG ? error.stack : error.message}\n`);
  process.exit(1);
}
