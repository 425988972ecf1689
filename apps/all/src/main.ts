/**
 * One process for several services: HEARBACK_SERVICES is `all` or a list such as `intake,casework`.
 * Each is the same program as on its own; they meet over HTTP and Kafka as always.
 */
const services = [
  'intake',
  'student-voice',
  'family-council',
  'casework',
  'roster',
  'reporting',
  'gateway',
  'devtools',
];

const wanted = (process.env['HEARBACK_SERVICES'] || 'all')
  .split(',')
  .map((name) => name.trim())
  .filter(Boolean);
const unknown = wanted.filter((name) => name !== 'all' && !services.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `HEARBACK_SERVICES: no service ${unknown.join(', ')}; there are: all, ${services.join(', ')}\n`,
  );
  process.exit(1);
}

// One after the other: starting is the most expensive thing they do, and two cores gain nothing from a crowd.
for (const name of services) {
  if (wanted.includes('all') || wanted.includes(name))
    await import(new URL(`../../${name}/src/main.js`, import.meta.url).href);
}
