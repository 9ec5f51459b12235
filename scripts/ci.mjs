#!/usr/bin/env node
// Installs from the lock files, lints, type-checks, builds and runs every test; over Debian's PostgreSQL, where that can be had, the stores' once
// more and those of the Agency on several processes; the contract of every vendor, every fault of `npm run faults`, and the long trials of
// `npm run fuzz`. Each step counts as one check beside the tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from './postgres.mjs';

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

function tests(name, args = [], environment = {}) {
  console.log(`\n== ${name}: npm test ${args.join(' ')}`);
  const { status } = spawnSync('npm', ['test', '--', ...args, '--json', `--outputFile=${report}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const results = readReport();
  passed += results.numPassedTests;
  // A suite that cannot even be loaded has no tests that fail.
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  if (status !== 0 && results.numFailedTests + results.numRuntimeErrorTestSuites === 0) failed += 1;
}

/** A script whose last line counts what it has tried. */
function counted(name) {
  console.log(`\n== ${name}: npm run ${name}`);
  const { status, stdout } = spawnSync('npm', ['run', '--silent', name], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  console.log(stdout);
  const [, good, bad] = /(\d+) passed, (\d+) failed\s*$/.exec(stdout) ?? [];
  passed += Number(good ?? 0);
  failed += Number(bad ?? 0);
  if (status !== 0 && Number(bad ?? 0) === 0) failed += 1;
}

/** Whatever of the monitor asks its store in words of its own. */
const monitorStores = ['archive', 'intake', 'month-terms', 'packs', 'records', 'upgraded', 'uptimes'].map(
  (name) => `apps/monitor/test/${name}.spec`,
);

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  }
}

function postgres() {
  try {
    return startPostgres(join(scratch, 'postgres'));
  } catch (error) {
    console.log(`\nPostgreSQL does not start: ${error.message}`);
    return undefined;
  }
}

if (step('install and build', process.execPath, ['scripts/prepared.mjs'])) {
  step('lint', 'npm', ['run', '--silent', 'lint']);
  step('type check', 'npm', ['run', '--silent', 'typecheck']);
  tests('test');
  tests('long stories', ['--long']);
  const server = postgres();
  if (server) {
    const environment = { TEST_DATABASE_URL: server.url };
    tests('stores over PostgreSQL', ['libs/store', 'apps/agency/test/store', ...monitorStores], environment);
    tests('two of each process', ['test/distributed', '--runInBand'], environment);
    server.stop();
  } else
    console.log(
      '\n== stores over PostgreSQL, two of each process: left out, there is no PostgreSQL here and none can be installed',
    );
  counted('test:vendors');
  counted('faults');
  step('fuzz', 'npm', ['run', '--silent', 'fuzz']);
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
