/**
 * occi: reading a compute in text and in JSON, and the query interface, from the built Agency with its store; beside each a bare Nest + Fastify
 * handler that answers with the same bytes, in the same run, from a process of its own. Then computes ordered in bursts, and pages of many.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { figure, median, target } from './figures.mjs';
import { measureOrders } from './orders.mjs';
import { measurePages } from './pages.mjs';
import { forget, openEvents, scratch, startAgency } from './running.mjs';

const part = 'occi';
const connections = 16;
const roundMs = 1_500;
const rounds = 5;
const call = `
apiVersion: cloud-agency/v1
kind: CallForProposals
name: read
resources:
  web: { kind: compute, require: { cores: ">= 2" } }
negotiate: { accept: best }
`;

/** Resolves to the number of bytes of the body. */
const fetched = (url, accept, agent) =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${response.statusCode}`)),
      );
    }).on('error', reject);
  });

/** Requests a second over keep-alive connections, each asking again as soon as it is answered. */
async function rate(url, accept) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const begun = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - begun < roundMs) {
        await fetched(url, accept, agent);
        done += 1;
      }
    }),
  );
  agent.destroy();
  return (done * 1_000) / (performance.now() - begun);
}

/** One machine, placed and verified. */
async function placedCompute(url) {
  const events = await openEvents(url);
  const response = await fetch(new URL('/cfp/', url), {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: call,
  });
  const id = response.headers.get('location').split('/').at(-1);
  await events.wait(({ type, cfp }) => type === 'cfp.fulfilled' && cfp === id);
  await events.close();
  const [location] = (await (await fetch(new URL('/compute/', url), { headers: { accept: 'text/uri-list' } })).text()).split(
    '\n',
  );
  return new URL(location).pathname;
}

async function besideBare(name, ours, yardstick, accept) {
  const [own, bare] = [[], []];
  await rate(ours, accept);
  await rate(yardstick, accept);
  // In turns, so that what else the machine does meets both.
  for (let round = 0; round < rounds; round += 1) {
    own.push(await rate(ours, accept));
    bare.push(await rate(yardstick, accept));
  }
  const ratio = median(own) / median(bare);
  figure(part, name, '1/s', median(own), { name: 'bare Nest + Fastify, same bytes', value: median(bare) });
  target(`${name}: at least 0.7 of bare`, ratio >= 0.7, ratio.toFixed(2));
}

const directory = await scratch();
const agency = await startAgency({ directory, environment: { TESTBED_CLOUDS: 'linode,vultr' } });
const compute = await placedCompute(agency.url);
const wanted = [
  ['GET of a compute, text', compute, 'text/plain'],
  ['GET of a compute, JSON', compute, 'application/occi+json'],
  ['GET of /-/, text', '/-/', 'text/plain'],
  ['GET of /-/, JSON', '/-/', 'application/occi+json'],
];
const answers = await Promise.all(
  wanted.map(async ([, path, accept]) => {
    const response = await fetch(new URL(path, agency.url), { headers: { accept } });
    return { type: response.headers.get('content-type'), body: await response.text() };
  }),
);
const bare = fork(fileURLToPath(new URL('bare-handler.mjs', import.meta.url)));
bare.send(answers);
const [port] = await once(bare, 'message');
for (const [index, [name, path, accept]] of wanted.entries())
  await besideBare(name, new URL(path, agency.url), new URL(`http://127.0.0.1:${port}/${index}`), accept);
bare.disconnect();
await once(bare, 'exit');
await agency.stop();
await forget(directory);
await measureOrders(part);
await measurePages(part);
