// ES modules of these packages are compiled to CommonJS for jest; everything else in node_modules runs as it is.
const esmOnly = [
  '@nestjs',
  '@nats-io',
  'cookie',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'load-esm',
  'path-to-regexp',
  'light-my-request',
  'ora',
  'chalk',
  'cli-cursor',
  'restore-cursor',
  'cli-spinners',
  'is-interactive',
  'is-unicode-supported',
  'log-symbols',
  'stdin-discarder',
  'string-width',
  'strip-ansi',
  'ansi-regex',
  'get-east-asian-width',
  'onetime',
  'mimic-function',
  'jose',
  '@seriousme',
  'emoji-regex',
  'yoctocolors',
  'kysely',
  '@electric-sql',
  'fast-check',
  'pure-rand',
  'axios',
  'iterare',
  'uid',
  'decimal.js',
  'javascript-lp-solver',
];

/** Suites that kill or wait their way through long stories have a command of their own: npm run test:long. */
const long = '\\.long\\.spec\\.ts$';
const isLong = process.env.TESTS === 'long';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'require', 'default'] },
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})(/|$))`],
  // highs' ES build finds its wasm by import.meta, which CommonJS does not have.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^highs$': '<rootDir>/node_modules/highs/build/highs.js',
    '^dedent$': '<rootDir>/node_modules/dedent/dist/dedent.js',
  },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  testMatch: isLong
    ? ['<rootDir>/test/**/*.long.spec.ts', '<rootDir>/apps/*/test/**/*.long.spec.ts', '<rootDir>/libs/*/test/**/*.long.spec.ts']
    : ['<rootDir>/libs/*/{src,test}/**/*.spec.ts', '<rootDir>/apps/*/{src,test}/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(isLong ? [] : [long])],
  modulePathIgnorePatterns: ['<rootDir>/libs/[^/]+/dist', '<rootDir>/apps/[^/]+/dist'],
  maxWorkers: 2,
  testTimeout: 120_000,
};
