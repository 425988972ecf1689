/**
 * The dependency rules of docs/architecture.md as dependency-cruiser rules. Each has a fixture of its name under
 * fixtures/ that breaks it, so that a rule that can no longer fail is noticed.
 */
interface Rule {
  name: string;
  severity: 'error';
  comment: string;
  from: Record<string, unknown>;
  to: Record<string, unknown>;
}

const lib = (name: string): string => `(^|/)(dist/)?libs/${name}/`;
const specs = '\\.(spec|given|events)\\.ts$';

/** Pure code: rules of the domain, without a framework, a database, a broker, a clock or chance. */
const pure =
  '^(libs/loop/src/(?!.*\\.spec)|apps/casework/src/cases/(case|evolve|case-event|rules/[^/]+)\\.ts$|apps/[^/]+/src/[^/]+/(input|session|round|theme|concern|row|view|facts|import)\\.ts$)';

export const rules: Rule[] = [
  {
    name: 'kafkajs-only-in-messaging',
    severity: 'error',
    comment: 'kafkajs is unmaintained; one library to replace.',
    from: { pathNot: '^libs/messaging/' },
    to: { path: 'node_modules/kafkajs/' },
  },
  {
    name: 'no-service-imports-another',
    severity: 'error',
    comment: 'Services share libraries and events, nothing else.',
    from: { path: '^apps/([^/]+)/', pathNot: '^apps/all/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'contracts-stand-alone',
    severity: 'error',
    comment: 'The words depend on nothing of ours.',
    from: { path: '^libs/contracts/' },
    to: { path: '(^|/)(dist/)?(libs/(?!contracts)|apps/)' },
  },
  {
    name: 'platform-knows-no-messaging',
    severity: 'error',
    comment: 'Platform is below messaging.',
    from: { path: '^libs/platform/' },
    to: { path: '(^|/)(dist/)?(libs/(messaging|loop|origin|organisations|testing)|apps)/' },
  },
  {
    name: 'libs-know-no-service',
    severity: 'error',
    comment: 'A library that knows a service is part of it.',
    from: { path: '^libs/', pathNot: specs },
    to: { path: '^apps/' },
  },
  {
    name: 'origin-only-in-origins',
    severity: 'error',
    comment: 'What only those who know the speaker share; everyone else handles an input by its id.',
    from: { path: '^(apps|libs)/', pathNot: '^(apps/(intake|student-voice|family-council)|libs/origin)/' },
    to: { path: lib('origin') },
  },
  {
    name: 'testing-only-in-tests',
    severity: 'error',
    comment: 'No test helper in what is shipped.',
    from: { path: '^(apps|libs)/', pathNot: `^libs/testing/|${specs}` },
    to: { path: lib('testing') },
  },
  {
    name: 'aggregates-are-pure',
    severity: 'error',
    comment: 'A rule of the domain is a function of its arguments.',
    from: { path: pure },
    to: {
      path: `node_modules/(@nestjs|mongodb|mongoose|kafkajs|fastify|nodemailer)/|^(node:)?(crypto|fs|net|http|process|timers)$|${lib('(messaging|platform|origin|organisations|testing)')}`,
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'database-only-behind-stores',
    severity: 'error',
    comment: 'Every query carries the district by its type; only messaging and platform reach the driver.',
    from: { path: '^(apps|libs)/', pathNot: `^libs/(messaging|platform|testing)/|${specs}` },
    to: { path: 'node_modules/(mongodb|mongoose)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'console-knows-only-the-api',
    severity: 'error',
    comment: 'Screens speak HTTP.',
    from: { path: '^apps/console/' },
    to: { path: '(^|/)(dist/)?(libs/|apps/(?!console))' },
  },
  {
    name: 'no-circle',
    severity: 'error',
    comment: 'Two files that need each other are one.',
    from: { path: '^(apps|libs)/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
];
