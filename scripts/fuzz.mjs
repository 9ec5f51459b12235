#!/usr/bin/env node
// npm run fuzz [-- CASES]: the parsers with at least 100,000 generated cases in all (four properties of test/fuzz), the front over HTTP with
// as many requests as one of them has cases, the whole Agency with fewer, and thousands of small selections against trying every plan.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const cases = Number(process.argv[2] ?? 120_000);
const properties = 4;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/fuzz', 'test/front/hostile', '--testTimeout=600000'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FUZZ_CASES: String(Math.ceil(cases / properties)) },
});
process.exit(status ?? 1);
