/**
 * probes: how late the probes of 10,000 machines begin, every 10 s, from one monitor; as it is seen at the machines. Real processes:
 * nats-server, the monitor's app, and one that answers on ten thousand loopback addresses. The yardstick is a bare loop of http.get.
 */
import { connectBus, ensureStreams, startEmbeddedServer, StoredPublisher, subjects } from '@cloud-agency/bus';
import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { figure, quantile, target } from './figures.mjs';
import { forget, scratch } from './running.mjs';

const part = 'probes';
const every = 10_000;
const machines = 10_000;
const inOne = 100;
/** Until every machine has been probed at its place. */
const settlingMs = 2 * every;
const measuredMs = 3 * every;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const addressOf = (machine) => `127.1.${Math.floor(machine / 250)}.${1 + (machine % 250)}`;

/** What the monitor is to watch: so many machines of one agreement. */
function watchOf(agreement, port) {
  const resources = Array.from({ length: inOne }, (_, index) => {
    const machine = agreement * inOne + index;
    return { resource: `r-${machine}`, item: 'web', placement: `p-${machine}`, address: addressOf(machine) };
  });
  const probe = { of: 'web', http: `http://{address}:${port}/health`, every, timeout: 2_000, failures: 2 };
  const name = `agreement-${agreement}`;
  return {
    ...{ id: randomUUID(), conversation: name, sender: 'bench', sequence: 1, previous: 0, sentAt: new Date().toISOString() },
    ...{ performative: 'watch', agreement: name, version: 1, active: true, resources, probes: [probe], guarantees: [] },
  };
}

async function startMonitor(directory, port) {
  const server = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'bench' });
  const connection = await connectBus(server, 'bench');
  await ensureStreams(connection);
  const child = spawn(process.execPath, [here('../../apps/cli/bin/run-app.js'), 'monitor'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NATS_URL: server.url,
      NATS_TOKEN: 'bench',
      AGENCY_DATA: join(directory, 'monitor'),
      AGENCY_LOG: 'error',
    },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  await once(child, 'message');
  const publisher = new StoredPublisher(connection);
  for (let agreement = 0; agreement < machines / inOne; agreement += 1)
    await publisher.publish(subjects.watch, watchOf(agreement, port));
  return async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await connection.close();
    await server.stop();
  };
}

function startBare(port) {
  const child = fork(here('bare-probes.mjs'), [port, every, machines].map(String));
  process.once('exit', () => child.kill('SIGKILL'));
  return async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

async function measured(targets, stop) {
  await pass(settlingMs);
  targets.send('forget');
  await pass(measuredMs);
  targets.send('tell');
  const [{ machines: seen, late }] = await once(targets, 'message');
  await stop();
  if (seen < machines) throw new Error(`Only ${seen} machines were probed`);
  return late;
}

const targets = fork(here('probe-targets.mjs'), [String(every)]);
const [{ port }] = await once(targets, 'message');
const bare = await measured(targets, startBare(port));
const directory = await scratch();
const own = await measured(targets, await startMonitor(directory, port));
targets.kill('SIGKILL');
await forget(directory);

for (const [name, share] of [
  ['median', 0.5],
  ['p99', 0.99],
])
  figure(part, `lateness of ${machines} probes every ${every / 1_000} s, ${name}`, 'ms', quantile(own, share), {
    name: 'a bare loop of http.get',
    value: Math.max(1, quantile(bare, share)),
  });
target(
  'jitter p99',
  quantile(own, 0.99) <= 100,
  `${quantile(own, 0.99)} ms, at most 100; the bare loop ${quantile(bare, 0.99)} ms`,
);
