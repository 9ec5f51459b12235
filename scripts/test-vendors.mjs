#!/usr/bin/env node
// npm run test:vendors: the contract suite over every vendor, a few vendors at a time: it mostly waits for machines to boot.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const atOnce = 4;
const { vendors } = await import(join(root, 'apps/vendor-agents/dist/vendors/registry.js'));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : vendors.map(({ name }) => name);
const scratch = mkdtempSync(join(tmpdir(), 'vendors-'));

/** @returns how many tests passed and failed at one vendor. */
function contract(vendor) {
  const report = join(scratch, `${vendor}.json`);
  const args = [jest, 'apps/vendor-agents/test/vendor-contract', '--maxWorkers=1', '--json', `--outputFile=${report}`];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, CONTRACT_VENDORS: vendor } });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((resolve) => {
    child.on('exit', () => {
      const { numPassedTests: passed = 0, numFailedTests: failed = 0, testResults = [] } = resultsIn(report);
      const broken =
        passed + failed === 0 || testResults.some(({ status }) => status === 'failed') ? Math.max(1, failed) : failed;
      console.log(`${broken === 0 ? 'ok' : 'NO'}  ${vendor.padEnd(14)} ${passed} passed, ${broken} failed`);
      if (broken > 0) console.log(said);
      resolve({ passed, failed: broken });
    });
  });
}

function resultsIn(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return {};
  }
}

const waiting = [...wanted];
const totals = { passed: 0, failed: 0 };
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let vendor = waiting.shift(); vendor !== undefined; vendor = waiting.shift()) {
      const { passed, failed } = await contract(vendor);
      totals.passed += passed;
      totals.failed += failed;
    }
  }),
);
rmSync(scratch, { recursive: true });
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1);
