#!/usr/bin/env node
// Installs from the lock files, lints, type-checks, builds and runs every test. Each step counts as one check beside the tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'cloud-agency-ci-'));
const report = join(scratch, 'tests.json');
let passed = 0;
let failed = 0;

function step(name, command, args) {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) passed += 1;
  else failed += 1;
  return status === 0;
}

function tests() {
  console.log('\n== test: npm test');
  const { status } = spawnSync('npm', ['test', '--', '--json', `--outputFile=${report}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const results = readReport();
  passed += results.numPassedTests;
  // A suite that cannot even be loaded has no tests that fail.
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  if (status !== 0 && results.numFailedTests + results.numRuntimeErrorTestSuites === 0) failed += 1;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  }
}

if (step('install and build', process.execPath, ['scripts/prepared.mjs'])) {
  step('lint', 'npm', ['run', '--silent', 'lint']);
  step('type check', 'npm', ['run', '--silent', 'typecheck']);
  tests();
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
