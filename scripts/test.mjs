#!/usr/bin/env node
// npm test: the whole suite but for the long stories (--long: these alone), or what is named: npm test -- libs/sla -t 'prunes'.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const named = process.argv.slice(2);
const env = { ...process.env, ...(named.includes('--long') ? { TESTS: 'long' } : {}) };
const { status } = spawnSync(process.execPath, [jest, ...named.filter((word) => word !== '--long')], {
  cwd: root,
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
