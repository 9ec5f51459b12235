/**
 * vendors: how fast an agent answers a call from 50,000 cached offers, how fast an account makes a hundred machines within its limits, and
 * what a dead and a slow vendor cost the others. Real processes: testbed, nats-server and the vendor agents' app.
 */
import { connectBus, ensureStreams, consume, Gatherer, startEmbeddedServer, StoredPublisher, subjects } from '@cloud-agency/bus';
import { parseCall } from '@cloud-agency/sla';
import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median, quantile, target } from './figures.mjs';
import { forget, scratch, startTestbed } from './running.mjs';

const part = 'vendors';
const runner = fileURLToPath(new URL('../../apps/cli/bin/run-app.js', import.meta.url));

/** The vendor agents' app with these accounts, once every agent that can has its offers. */
async function startAgents(server, directory, accounts, waitFor = accounts.map(({ name }) => name)) {
  const config = join(directory, 'agents.yaml');
  await writeFile(config, JSON.stringify({ accounts }));
  const connection = await connectBus(server, 'bench');
  await ensureStreams(connection);
  const loaded = new Set();
  const all = new Promise((resolve) => {
    connection.subscribe(subjects.announce, {
      callback: (_error, message) => {
        const { agent, offersAsOf } = message.json();
        if (offersAsOf !== null) loaded.add(agent);
        if (waitFor.every((name) => loaded.has(name))) resolve();
      },
    });
  });
  const child = spawn(process.execPath, [runner, 'vendor-agents'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      ...process.env,
      AGENCY_DATA: join(directory, randomUUID()),
      AGENCY_CONFIG: config,
      NATS_URL: server.url,
      NATS_TOKEN: server.token,
      AGENCY_LOG: 'error',
    },
  });
  process.once('exit', () => child.kill('SIGTERM'));
  await all;
  return {
    connection,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await connection.close();
    },
  };
}

const demandOf = (resources) =>
  parseCall(`apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: bench\nresources: ${resources}\n`).call.demand;

const cfp = (demand, within) => ({
  id: randomUUID(),
  conversation: randomUUID(),
  sender: 'mediator',
  sequence: 1,
  sentAt: new Date().toISOString(),
  performative: 'cfp',
  round: 1,
  replyBy: new Date(Date.now() + within).toISOString(),
  demand,
  excludedOffers: [],
});

/** When each agent's answer was complete, ms after the call went out. */
async function answersTo(connection, demand, agents, within = 3_000) {
  const begun = performance.now();
  const came = new Map();
  const gatherer = new Gatherer(connection);
  const gathered = await gatherer.gather(cfp(demand, within), {
    expected: () => new Set(agents),
    within,
    onReply: (reply) => {
      if (reply.performative !== 'propose' || reply.part.k === reply.part.n) came.set(reply.sender, performance.now() - begun);
    },
    onInvalid: (error) => {
      throw error;
    },
  });
  const taken = performance.now() - begun;
  gatherer.close();
  return { came, gathered, taken };
}

const demands = [
  '{ web: { kind: compute, count: 2, require: { cores: ">= 2", memory: ">= 4 GiB" } } }',
  '{ db: { kind: compute, require: { cores: ">= 8", memory: ">= 32 GiB", region: { continent: [EU] } } } }',
  '{ web: { kind: compute, count: 3, require: { cores: ">= 2" } }, db: { kind: compute, require: { memory: ">= 16 GiB", price: "<= 1 USD/hour" } } }',
  '{ none: { kind: compute, require: { cores: ">= 5000" } } }',
];

/** The yardstick: as many bytes, from one bare responder in a process of its own. */
async function bare(server, bytes, times) {
  const responder = fork(fileURLToPath(new URL('scatter-gather.mjs', import.meta.url)), [
    server.url,
    server.token,
    '1',
    String(bytes),
  ]);
  await once(responder, 'message');
  const connection = await connectBus(server, 'bare');
  const taken = [];
  for (let time = 0; time < times; time += 1) {
    const begun = performance.now();
    await connection.request('bench.scatter', '{}', { timeout: 5_000 });
    taken.push(performance.now() - begun);
  }
  await connection.close();
  responder.disconnect();
  await once(responder, 'exit');
  return taken;
}

async function answering(server, directory, testbed) {
  const accounts = (await accountsAt(testbed)).filter(({ name }) => name === 'azure');
  const agents = await startAgents(server, directory, accounts);
  const parsed = demands.map(demandOf);
  const taken = [];
  let bytes = 0;
  for (let round = 0; round < 60; round += 1) {
    for (const demand of parsed) {
      const { came, gathered } = await answersTo(agents.connection, demand, ['azure']);
      if (round >= 5) taken.push(came.get('azure'));
      bytes = Math.max(bytes, JSON.stringify([...gathered.proposals.values()]).length);
    }
  }
  await agents.stop();
  const yardstick = quantile(await bare(server, Math.min(bytes, 900_000), 200), 0.95);
  const p95 = quantile(taken, 0.95);
  figure(part, 'an answer from 52,799 offers over the bus, p95', 'ms', p95, {
    name: 'bare NATS reply of as many bytes, p95',
    value: yardstick,
  });
  figure(part, 'an answer from 52,799 offers over the bus, median', 'ms', median(taken));
  target('an answer from 50,000 offers within 20 ms, p95', p95 <= 20, `${p95.toFixed(1)} ms`);
}

const accountsAt = async ({ url }) => await (await fetch(new URL('/accounts', url))).json();

const acceptOf = (placement, zone) => ({
  id: randomUUID(),
  conversation: placement,
  sender: 'agency',
  sequence: 1,
  previous: 0,
  sentAt: new Date().toISOString(),
  performative: 'accept-proposal',
  receiver: 'ptc',
  placement,
  order: {
    name: 'web',
    offer: `ptc/north/${zone}/small/on-demand`,
    region: 'north',
    zone,
    instanceType: 'small',
    architecture: 'x64',
    market: 'on-demand',
    price: 0.02,
    validUntil: new Date(Date.now() + 60_000).toISOString(),
    image: 'debian-12',
    tags: {},
  },
  deadline: new Date(Date.now() + 60_000).toISOString(),
});

/** The yardstick: the same requests to the same cloud, by fetch, as many at once. */
async function bareCreates({ endpoint, credentials }, count, atOnce) {
  const headers = { authorization: `Bearer ${credentials.token}`, 'content-type': 'application/json' };
  const ask = async (method, path, body) =>
    await (await fetch(`${endpoint}/regions/south${path}`, { method, headers, body })).json();
  const { images } = await ask('GET', '/images');
  const image = images.find(({ name, architecture }) => name.startsWith('debian-12') && architecture === 'x86_64').id;
  const begun = performance.now();
  let left = count;
  const active = async (id) => {
    while ((await ask('GET', `/machines/${id}`)).state !== 'running') await new Promise((resolve) => setTimeout(resolve, 200));
  };
  const waiting = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) {
        left -= 1;
        const body = JSON.stringify({ name: 'web', size: 'small', image, token: randomUUID() });
        const { id } = await ask('POST', '/machines', body);
        waiting.push(active(id));
      }
    }),
  );
  await Promise.all(waiting);
  return performance.now() - begun;
}

async function creating(server, directory, testbed) {
  const [account] = (await accountsAt(testbed)).filter(({ name }) => name === 'ptc');
  const agents = await startAgents(server, directory, [{ ...account, limits: { concurrency: 4 } }]);
  const publisher = new StoredPublisher(agents.connection);
  const active = new Set();
  const done = Promise.withResolvers?.() ?? deferred();
  const stop = await consume(agents.connection, {
    stream: 'events',
    subject: subjects.report,
    durable: `bench-${randomUUID()}`,
    handle: async (message) => {
      if (message.performative === 'failure') done.reject(new Error(message.message));
      if (message.performative === 'inform' && message.state === 'active') active.add(message.placement);
      if (active.size === 100) done.resolve();
      return 'done';
    },
    onError: (error) => done.reject(error),
  });
  const begun = performance.now();
  const placements = Array.from({ length: 100 }, (_, index) => acceptOf(randomUUID(), index % 2 ? 'north-1' : 'north-2'));
  await Promise.all(placements.map((accept) => publisher.publish(subjects.command('ptc'), accept)));
  await done.promise;
  const taken = performance.now() - begun;
  const machines = (await (await fetch(new URL('/control/instances?cloud=ptc', testbed.url))).json()).filter(
    ({ region }) => region === 'north',
  );
  await stop();
  await agents.stop();
  const yardstick = await bareCreates(account, 60, 4);
  figure(part, '100 machines ordered at once, active and reported, 4 requests at once', 'ms', taken, {
    name: 'bare requests by fetch, 60 machines, scaled to 100',
    value: (yardstick * 100) / 60,
  });
  target('100 creates make 100 machines, none lost or doubled', machines.length === 100, `${machines.length} machines`);
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** Takes connections and never answers. */
async function silentServer() {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function besideTheDead(server, directory, testbed) {
  const all = await accountsAt(testbed);
  const good = all.filter(({ name }) => ['ptc', 'campus', 'vultr'].includes(name));
  const silent = await silentServer();
  const [model] = good.filter(({ name }) => name === 'campus');
  const bad = [
    { ...model, name: 'dead', endpoint: 'http://127.0.0.1:1/v3' },
    { ...model, name: 'mute', endpoint: `http://127.0.0.1:${silent.address().port}/v3` },
  ];
  const names = good.map(({ name }) => name);
  const demand = demandOf(demands[0]);
  const rounds = async (accounts) => {
    const agents = await startAgents(server, directory, accounts, names);
    const taken = [];
    let gatheredIn = 0;
    for (let round = 0; round < 40; round += 1) {
      const { came, taken: whole } = await answersTo(
        agents.connection,
        demand,
        accounts.map(({ name }) => name),
        1_000,
      );
      taken.push(Math.max(...names.map((name) => came.get(name) ?? Infinity)));
      gatheredIn = Math.max(gatheredIn, whole);
    }
    await agents.stop();
    return { p95: quantile(taken, 0.95), gatheredIn };
  };
  const alone = await rounds(good);
  const beside = await rounds([...good, ...bad]);
  silent.close();
  figure(part, 'the last good answer beside a dead and a mute vendor, p95', 'ms', beside.p95, {
    name: 'without them',
    value: alone.p95,
  });
  target(
    'no answer later than reply_by',
    beside.gatheredIn <= 1_100,
    `gathered within ${Math.round(beside.gatheredIn)} ms of 1000`,
  );
}

const directory = await scratch();
const testbed = await startTestbed(directory, ['azure', 'ptc', 'campus', 'vultr']);
try {
  for (const measure of [answering, creating, besideTheDead]) {
    const server = await startEmbeddedServer({ directory: join(directory, `nats-${measure.name}`), token: 'bench' });
    await measure(server, directory, testbed);
    await server.stop();
  }
} finally {
  await testbed.stop();
  await forget(directory);
}
