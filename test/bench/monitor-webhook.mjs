/** From a sample to the webhook's POST, with everything in between: bus, monitor, store, agency, deliveries; and load of others meanwhile. */
import { connectBus, encoded, StoredPublisher, streams, subjects } from '@cloud-agency/bus';
import { jetstreamManager } from '@nats-io/jetstream';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { figure, quantile, target } from './figures.mjs';
import { mixedWatches, watchMessage } from './monitor-watches.mjs';
import { forget, openEvents, scratch, startTestbed } from './running.mjs';
import { startSeparately } from './separate.mjs';
import { accountsOfAThousand } from './thousand-offers.mjs';
import { allJudged, sendLoad, startMonitor } from './separate-monitor.mjs';

const machines = 20;
const rounds = 5;
const guarantees = 10_000;

const call = (hook) => `
apiVersion: cloud-agency/v1
kind: CallForProposals
name: watched
resources: { web: { kind: compute, count: ${machines}, require: { cores: ">= 1" } } }
negotiate: { accept: best }
guarantees: [{ term: cpu_utilisation, of: web, statistic: maximum, at_most: 90 %, over: 3 s, by: resource }]
notify: [{ url: "${hook}", events: [sla.violated, sla.recovered] }]
`;

export async function toTheWebhook(part) {
  const directory = await scratch();
  const testbed = await startTestbed(directory, ['aws']);
  const agency = await startSeparately({ directory, groups: [await accountsOfAThousand(testbed, directory, 1)] });
  const monitor = await startMonitor(agency.bus, directory);
  await monitor.ready;
  const connection = await connectBus(agency.bus, 'bench');
  const hooks = await listen();
  const own = await ordered(agency.url, hooks.url);
  const watches = mixedWatches(guarantees);
  const judged = allJudged(connection, watches);
  const publisher = new StoredPublisher(connection);
  for (const watch of watches) await publisher.publish(subjects.watch, watchMessage(watch));
  await judged;
  let isWanted = true;
  const load = sendLoad(connection, watches, { perSecond: 15_000, seconds: rounds * 30 + 60, isWanted: () => isWanted });
  await heard(connection);
  await heal(connection, own, hooks);
  for (let round = 0; round < rounds; round += 1) await spoil(connection, own, hooks);
  isWanted = false;
  await load;
  const delays = hooks.delays();
  figure(part, 'from a sample in to the POST of sla.violated at 15,000 a second, p99', 'ms', quantile(delays, 0.99), {
    name: 'target',
    value: 250,
  });
  const all = machines * rounds;
  target(
    "the webhook's POST within 250 ms",
    quantile(delays, 0.99) <= 250 && delays.length === all,
    `p99 ${quantile(delays, 0.99)} ms, ${delays.length} of ${all} told`,
  );
  await connection.close();
  await monitor.stop();
  await agency.stop();
  await testbed.stop();
  hooks.close();
  await forget(directory);
}

/** Resolves once all that is found of guarantees that are new, with their first samples, has been taken: nothing that is measured has to wait behind it. */
async function heard(connection) {
  const manager = await jetstreamManager(connection);
  await after(5_000);
  for (let quiet = 0; quiet < 3;) {
    let waiting = 0;
    for await (const { num_pending: unsent, num_ack_pending: untaken } of manager.consumers.list(streams.events.name))
      waiting += unsent + untaken;
    quiet = waiting === 0 ? quiet + 1 : 0;
    await after(1_000);
  }
}

/** A webhook's receiver: how long after a machine was spoilt it is told, and which machines are not well again. */
async function listen() {
  const sent = new Map();
  const ill = new Set();
  const taken = [];
  const server = createServer((request, response) => {
    const at = Date.now();
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { type, data = {} } = JSON.parse(Buffer.concat(chunks).toString());
      if (type === 'sla.recovered') ill.delete(data.resource);
      else if (type === 'sla.violated' && sent.has(data.resource)) {
        taken.push(at - sent.get(data.resource));
        sent.delete(data.resource);
      }
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    spoilt: (resource) => {
      sent.set(resource, Date.now());
      ill.add(resource);
    },
    areWell: () => ill.size === 0,
    delays: () => taken,
    close: () => server.close(),
  };
}

/** The machines of an agreement of the Agency's own: each with its placement. */
async function ordered(url, hook) {
  const events = await openEvents(url);
  const response = await fetch(new URL('/cfp/', url), {
    method: 'POST',
    headers: { 'content-type': 'application/yaml', accept: 'application/json' },
    body: call(hook),
  });
  if (response.status !== 201) throw new Error(`POST /cfp/ answered ${response.status}: ${await response.text()}`);
  await events.wait(({ type }) => type === 'agreement.accepted', 120_000);
  await events.close();
  const computes = await fetch(new URL('/compute/', url), { headers: { accept: 'application/json' } });
  const { resources } = await computes.json();
  return resources.map(({ id, attributes }) => ({ resource: id, placement: attributes['agency.placement'] }));
}

/** Machines that are well are not so any more, one after the other, and then all are until that is told. What is not within 20 s is given up. */
async function spoil(connection, own, hooks) {
  for (const one of own) {
    await after(100);
    hooks.spoilt(one.resource);
    await push(connection, [one], 0.99);
  }
  await heal(connection, own, hooks);
}

/** For longer than their guarantee looks back. */
async function heal(connection, own, hooks) {
  const begun = performance.now();
  const taken = () => performance.now() - begun;
  while (taken() < 3_500 || (!hooks.areWell() && taken() < 20_000)) {
    await push(connection, own, 0.2);
    await after(500);
  }
}

let last = 0;

async function push(connection, own, value) {
  const samples = own.flatMap((one) =>
    Array.from({ length: 5 }, () => {
      last = Math.max(Date.now() - 400, last + 1);
      return { ...one, metric: 'cpu_utilisation', at: last, value };
    }),
  );
  await connection.request(subjects.samples, encoded({ source: 'resource', samples }), { timeout: 20_000 });
}
