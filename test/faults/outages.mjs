/** What connects the apps is away for a while, and comes back: partitions, a bus that is killed, databases. */
import Database from 'libsql';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../../scripts/postgres.mjs';
import { Proxy } from './proxies.mjs';
import { document } from './scenarios.mjs';
import { appNames, openWorld } from './world.mjs';
import { Campaign } from './trials.mjs';

const interrupted = ['negotiation', 'provisioning', 'replacement'];
/** Longer than after which an agent counts as gone. */
const partitionMs = 4_000;
const busAwayMs = 1_000;
const databaseAwayMs = 10_000;
/** Into the stage, so that it is cut in two. */
const laterMs = 250;

export const outages = [
  { name: 'partitions', run: partitions },
  { name: 'the bus is killed', run: busKills },
  { name: 'SQLite is locked', run: locks },
  { name: 'PostgreSQL is away', run: postgresAway },
];

async function partitions(report) {
  const campaign = new Campaign(report);
  for (const stage of interrupted) {
    for (const app of appNames.filter((name) => name !== 'monitor' || stage === 'replacement')) {
      for (const how of ['cut', 'hold']) {
        await campaign.trial(stage, (world) =>
          away(world, `${app} ${how === 'cut' ? 'cut off' : 'unheard'} for ${partitionMs / 1_000} s`, async () => {
            world.proxies[app][how]();
            await pause(partitionMs);
            world.proxies[app].heal();
          }),
        );
      }
    }
  }
  await campaign.finish();
}

async function busKills(report) {
  const campaign = new Campaign(report);
  for (const stage of interrupted) {
    for (const afterMs of [0, laterMs]) {
      await campaign.trial(stage, (world) =>
        away(world, `nats-server killed after ${afterMs} ms and started again`, async () => {
          await pause(afterMs);
          await world.bus.stop('SIGKILL');
          await pause(busAwayMs);
          await world.bus.start();
        }),
      );
    }
  }
  await campaign.finish();
}

async function locks(report) {
  const campaign = new Campaign(report);
  for (const stage of interrupted) {
    for (const schema of ['agency', 'vendor_agents', 'monitor']) {
      await campaign.trial(stage, (world) =>
        away(world, `${schema}.db locked for ${databaseAwayMs / 1_000} s`, async () => {
          const holder = new Database(join(world.directory, 'data', `${schema}.db`));
          holder.exec('PRAGMA busy_timeout = 5000; BEGIN EXCLUSIVE');
          await meanwhile(world, schema === 'agency' ? { POST: 503, GET: 200 } : { GET: 200 }).finally(() => {
            holder.exec('ROLLBACK');
            holder.close();
          });
        }),
      );
    }
  }
  await campaign.finish();
}

async function postgresAway(report) {
  const scratch = mkdtempSync(join(tmpdir(), 'agency-faults-postgres-'));
  const server = startPostgres(join(scratch, 'postgres'));
  if (!server) {
    console.log('    left out: there is no PostgreSQL here and none can be installed');
    return;
  }
  let running = true;
  const stop = () => {
    if (running) server.stop();
    running = false;
  };
  process.once('exit', stop);
  const proxy = await Proxy.open(Number(new URL(server.url).port));
  const campaign = new Campaign(report, async () => await openWorld(await newDatabase(server.url, proxy.port)));
  for (const stage of interrupted) {
    await campaign.trial(stage, (world) =>
      away(world, `PostgreSQL away for ${databaseAwayMs / 1_000} s`, async () => {
        proxy.cut();
        await meanwhile(world, { POST: 503, GET: 503 }).finally(() => proxy.heal());
      }),
    );
  }
  await campaign.finish();
  proxy.close();
  stop();
  rmSync(scratch, { recursive: true, force: true });
}

/** One for each world. The apps reach it through the proxy; we look past that. */
async function newDatabase(serverUrl, proxyPort) {
  const name = `trials_${randomUUID().slice(0, 8)}`;
  const client = new pg.Client(serverUrl);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = name;
  const recordsUrl = url.href;
  url.port = String(proxyPort);
  return { databaseUrl: url.href, recordsUrl };
}

/** Whoever wants something meanwhile is told clearly that it cannot be, where it cannot. */
async function meanwhile({ client }, expected) {
  const end = Date.now() + databaseAwayMs;
  await pause(1_000);
  for (const [method, wanted] of Object.entries(expected)) {
    const { status, body } = await client.ask(method, '/cfp/', method === 'POST' ? document('untaken') : undefined);
    if (status !== wanted) throw new Error(`${method} /cfp/ was answered with ${status}: ${JSON.stringify(body)}`);
  }
  await pause(end - Date.now());
}

function away(world, called, outage) {
  world.struck = () => called;
  const over = outage();
  // What follows begins when it is over, however the trial goes.
  world.over = over.catch(() => undefined);
  return async (comesToRest) => {
    await over;
    await comesToRest();
    return { faults: 1, called };
  };
}
