import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

const pure = ['errors', 'sla', 'occi'];
const impureImports = [
  {
    group: ['@nestjs/*', 'axios', '@nats-io/*', 'kysely', 'libsql', 'pg', 'pino', 'fastify'],
    message: 'libs/errors, libs/occi and libs/sla are pure: no framework, no I/O.',
  },
  { group: ['node:*', '!node:assert'], message: 'libs/errors, libs/occi and libs/sla are pure: what they need is passed in.' },
];
const impureGlobals = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'No clock in a pure library: pass the time in.',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'No clock in a pure library: pass the time in.' },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'No randomness in a pure library: pass it in.',
  },
];

/** The agency's rooms, outermost first: each may import from the rooms of later rows only, and from its own. */
const agencyRows = [
  ['roles'],
  ['agents'],
  ['front'],
  ['ingest'],
  ['tags', 'tenants', 'reactions'],
  ['brokerage'],
  ['calls', 'renegotiation', 'reports', 'telemetry'],
  ['agreements', 'assets'],
  ['resources', 'webhooks'],
  ['mediation', 'negotiation', 'sensors', 'enrolment'],
  ['statistics'],
  ['store'],
];
const inner = (row) => agencyRows.slice(row + 1).flat();

const to = (...elements) => ({ to: { element: elements } });
const lib = { type: 'lib' };
const policies = [
  { from: { element: lib }, allow: to(lib) },
  { from: { element: { type: 'app' } }, allow: to(lib, { type: 'app', captured: { name: '{{from.element.captured.name}}' } }) },
  { from: { element: { type: 'app', captured: { name: 'agency' } } }, allow: to({ type: 'room' }) },
  { from: { element: { type: 'room' } }, allow: to(lib, { type: 'room', captured: { room: '{{from.element.captured.room}}' } }) },
  ...agencyRows.flatMap((rooms, row) =>
    rooms.map((room) => ({
      from: { element: { type: 'room', captured: { room } } },
      allow: to(...inner(row).map((allowed) => ({ type: 'room', captured: { room: allowed } }))),
    })),
  ),
  { from: { element: { type: 'test' } }, allow: to(lib, { type: 'app' }, { type: 'room' }, { type: 'test' }) },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'data/**', '.agency/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      'import/resolver': { typescript: { project: 'tsconfig.json' } },
      'boundaries/elements': [
        { type: 'room', pattern: 'apps/agency/src/*', capture: ['room'] },
        { type: 'app', pattern: 'apps/*', capture: ['name'] },
        { type: 'lib', pattern: 'libs/*', capture: ['name'] },
        { type: 'test', pattern: 'test' },
      ],
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'disallow', policies }],
      complexity: ['error', 10],
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      // Nest declares its option bags as classes and takes plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    files: pure.map((name) => `libs/${name}/src/**/*.ts`),
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: impureImports }],
      'no-restricted-syntax': ['error', ...impureGlobals],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'apps/*/test/**/*.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);
