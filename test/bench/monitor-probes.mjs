/** Ten thousand HTTP probes every ten seconds, by the monitor's own scheduler, at a server in a process of its own. */
import { systemClock } from '@cloud-agency/runtime';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startProbe } from '../../apps/monitor/dist/meters/probe-meter.js';
import { figure, quantile, target } from './figures.mjs';

const probes = 10_000;
const every = 10_000;

export async function probing(part, seconds = 45) {
  const server = fork(fileURLToPath(new URL('probed-server.mjs', import.meta.url)));
  const [port] = await once(server, 'message');
  const probe = { of: 'web', http: `http://{address}:${port}/health`, every, timeout: 2_000, failures: 2 };
  const seen = Array.from({ length: probes }, () => []);
  let failed = 0;
  const stops = seen.map((times, index) =>
    startProbe({
      clock: systemClock,
      log: console,
      name: `placement-${index}/0`,
      target: { resource: `machine-${index}`, item: 'web', placement: `placement-${index}`, address: '127.0.0.1' },
      probe,
      index: 0,
      sink: { take: () => undefined },
      onSample: ({ at, ok }) => {
        times.push(at);
        if (!ok) failed += 1;
      },
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  for (const stop of stops) stop();
  server.disconnect();
  await once(server, 'exit');
  // The first of each comes at once, the second at its own place in the period.
  const late = seen.flatMap(([, , ...times]) => times.slice(1).map((at, index) => Math.abs(at - times[index] - every)));
  figure(part, `jitter of ${probes} HTTP probes every 10 s, p99`, 'ms', quantile(late, 0.99), { name: 'target', value: 100 });
  target('probes within 100 ms of their time', quantile(late, 0.99) <= 100, `p99 ${quantile(late, 0.99)} ms, ${failed} failed`);
}
