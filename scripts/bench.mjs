#!/usr/bin/env node
// npm run bench [-- PART]: each test/bench/<part>.bench.mjs in a process of its own, over the built dist. A figure is one JSON line on
// standard output; what a person wants to know besides goes to standard error.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import './prepared.mjs';

const suffix = '.bench.mjs';
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test', 'bench');
const all = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
  : [];
const [wanted] = process.argv.slice(2);
const parts = wanted === undefined ? all : all.filter((name) => name === wanted);

if (parts.length === 0) {
  process.stderr.write(`There is no benchmark ${wanted ?? ''}. There are: ${all.join(', ') || 'none yet'}.\n`);
  process.exit(2);
}
const failed = parts.filter(
  (name) => spawnSync(process.execPath, [join(folder, `${name}${suffix}`)], { stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) process.stderr.write(`Failed: ${failed.join(', ')}\n`);
process.exit(failed.length > 0 ? 1 : 0);
