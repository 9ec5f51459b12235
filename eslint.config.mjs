import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

const pure = ['errors', 'sla', 'occi'];
const impureImports = [
  { group: ['@nestjs/*', 'axios', '@nats-io/*', 'kysely', 'libsql', 'pg', 'pino', 'fastify'], message: 'libs/errors, libs/occi and libs/sla are pure: no framework, no I/O.' },
  { group: ['node:*', '!node:assert'], message: 'libs/errors, libs/occi and libs/sla are pure: what they need is passed in.' },
];
const impureGlobals = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'No clock in a pure library: pass the time in.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'No clock in a pure library: pass the time in.' },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'No randomness in a pure library: pass it in.' },
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
        { type: 'app', pattern: 'apps/*', capture: ['name'] },
        { type: 'lib', pattern: 'libs/*', capture: ['name'] },
        { type: 'test', pattern: 'test' },
      ],
    },
    rules: {
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: [
            { from: [['app', { name: '*' }]], allow: [['lib', { name: '*' }], ['app', { name: '${from.name}' }]] },
            { from: [['lib', { name: '*' }]], allow: [['lib', { name: '*' }]] },
            { from: ['test'], allow: [['lib', { name: '*' }], ['app', { name: '*' }], 'test'] },
          ],
        },
      ],
      complexity: ['error', 10],
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    files: pure.map((name) => `libs/${name}/src/**/*.ts`),
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: impureImports }], 'no-restricted-syntax': ['error', ...impureGlobals] },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);
