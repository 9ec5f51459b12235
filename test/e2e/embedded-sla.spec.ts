import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The example in `examples/embedded-sla`, as its reader runs it. */
test('the SLA functions run in a program of one’s own', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, '../../examples/embedded-sla/main.mjs')]);
  expect(stdout.trim().split('\n')).toEqual([
    'countered: it costs 70 USD a month',
    'agreed at 70 USD a month, signed: true',
    'after three violations: reduced',
    'after a quiet half day: agreed',
    'v1: 7.44 USD',
    'v2: 7.44 USD',
    'v3: 7.44 USD',
    'credited for 2026-03: 22.32 USD',
    'ended: terminated',
  ]);
});
