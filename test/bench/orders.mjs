/** Computes ordered in bursts, each on disk before it is acknowledged; and how fast the Agency works off what a burst has left. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { figure, median, target } from './figures.mjs';
import { forget, openEvents, scratch, startAgency } from './running.mjs';

const clients = 32;
const burstMs = 5_000;
const bursts = 3;
/** Few enough that the simulated clouds have room for them and for those that come up during the first burst. */
const machines = 30;
const compute =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\nX-OCCI-Attribute: occi.compute.cores=2\n';

const ordered = (url, agent) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/plain', accept: 'text/plain', 'content-length': Buffer.byteLength(compute) };
    const asking = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 201 ? resolve() : reject(new Error(`POST ${url}: ${response.statusCode}`)),
      );
    });
    asking.on('error', reject);
    asking.end(compute);
  });

/** Acknowledged orders a second, by clients that each order again as soon as they are answered. */
async function burst(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const begun = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - begun < burstMs) {
        await ordered(url, agent);
        done += 1;
      }
    }),
  );
  agent.destroy();
  return (done * 1_000) / (performance.now() - begun);
}

/** Machines a second that come up, from now on. */
async function comingUp(url, order) {
  const events = await openEvents(url);
  const begun = performance.now();
  const placing = order();
  let up = 0;
  const { at } = await events.wait(({ type }) => type === 'resource.active' && (up += 1) === machines, 60_000);
  await placing;
  await events.close();
  return (machines * 1_000) / (at - begun);
}

/** As many clients, each with one order. */
const oneEach = (url) => async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: machines });
  await Promise.all(Array.from({ length: machines }, () => ordered(url, agent)));
  agent.destroy();
};

export async function measureOrders(part) {
  const directory = await scratch();
  const bare = fork(fileURLToPath(new URL('bare-orders.mjs', import.meta.url)), [directory]);
  const [port] = await once(bare, 'message');
  const agency = await startAgency({ directory, environment: { TESTBED_CLOUDS: 'linode,vultr' } });
  const orders = new URL('/compute/', agency.url);
  const alone = await comingUp(agency.url, oneEach(orders));
  const [own, yardstick] = [[], []];
  let drained = 0;
  for (let round = 0; round < bursts; round += 1) {
    yardstick.push(await burst(new URL(`http://127.0.0.1:${port}/`)));
    own.push(await burst(orders));
    if (round === 0) drained = await comingUp(agency.url, () => Promise.resolve());
  }
  bare.disconnect();
  await once(bare, 'exit');
  await agency.stop();
  await forget(directory);
  figure(part, 'POST of a compute, on disk, in bursts of 5 s', '1/s', median(own), {
    name: 'bare Nest + Fastify + SQLite, one commit each',
    value: median(yardstick),
  });
  target('POST of a compute: at least 800 a second', median(own) >= 800, `${Math.round(median(own))} 1/s`);
  figure(part, 'machines up a second, from a backlog', '1/s', drained, { name: 'the same without a backlog', value: alone });
  target('the backlog drains at the rate of calls', drained >= 0.8 * alone, (drained / alone).toFixed(2));
}
