import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { bad, good, probed } from './probing.js';

const path = process.env['PATH'];
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ping-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(directory, { recursive: true, force: true });
});

/** A ping that says what those of the systems do: not every machine has one that may send. */
function pingThat(says: string, code: number): void {
  writeFileSync(join(directory, 'ping'), `#!/bin/sh\n${says}\nexit ${String(code)}\n`);
  chmodSync(join(directory, 'ping'), 0o755);
  process.env['PATH'] = `${directory}${delimiter}${path ?? ''}`;
}

it.each([
  ['Linux', '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.052 ms', 0.052],
  ['BusyBox', '64 bytes from 127.0.0.1: seq=0 ttl=64 time=12 ms', 12],
])('succeeds with the first answer, in the time that it took: %s', async (_, line, milliseconds) => {
  pingThat(`echo 'PING 127.0.0.1'; echo '${line}'; exec sleep 20`, 0);
  expect(await probed({ icmp: { packets: 3 } })).toEqual({
    ...good,
    milliseconds,
    detail: `answers in ${String(milliseconds)} ms`,
  });
});

it('fails without an answer, and when the machine is out of reach', async () => {
  pingThat("echo '1 packets transmitted, 0 received, 100% packet loss'", 1);
  expect(await probed({ icmp: { packets: 1 } })).toEqual(bad('no answer'));
  pingThat("echo 'From 10.0.0.1 icmp_seq=1 Destination Host Unreachable'", 1);
  expect(await probed({ icmp: { packets: 1 } })).toEqual(bad('From 10.0.0.1 icmp_seq=1 Destination Host Unreachable'));
  pingThat('exec sleep 20', 0);
  expect(await probed({ icmp: { packets: 1 } }, { timeout: 100 })).toEqual(bad('no answer within 100 ms'));
});

it('measures nothing, and says what to do, where ping is not there or may not send', async () => {
  process.env['PATH'] = directory;
  expect(await probed({ icmp: { packets: 1 } })).toEqual({ unmeasured: expect.stringContaining('iputils-ping') as string });
  pingThat("echo 'ping: socktype: SOCK_RAW' >&2; echo 'ping: socket: Operation not permitted' >&2", 2);
  expect(await probed({ icmp: { packets: 1 } })).toEqual({ unmeasured: expect.stringContaining('ping_group_range') as string });
});

it('runs no more of them at a time than is good for the machine', async () => {
  pingThat('exec sleep 20', 0);
  const all = await Promise.all(Array.from({ length: 40 }, () => probed({ icmp: { packets: 1 } }, { timeout: 200 })));
  expect(all.filter((one) => 'unmeasured' in one && one.unmeasured.includes('32 pings'))).toHaveLength(8);
});
