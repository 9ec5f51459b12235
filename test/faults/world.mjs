/** A whole Agency over simulated clouds: nats-server, testbed, vendor agents, monitor and agency, each app behind a proxy of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, until } from './client.mjs';
import { NatsProxy } from './proxies.mjs';
import { App, freePort, NatsServer, startTestbed } from './processes.mjs';
import { openRecords } from './records.mjs';

export const appNames = ['vendor-agents', 'monitor', 'agency'];
/** Small ones whose machines boot at once, and two protocols. */
export const clouds = ['ptc', 'brightbox'];

/** @param databaseUrl a PostgreSQL of its own, for all apps; `recordsUrl` is where we read it. Without it each app has its SQLite file. */
export async function openWorld({ databaseUrl, recordsUrl } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'agency-faults-'));
  await mkdir(join(directory, 'data'));
  const bus = await NatsServer.open(directory);
  const testbed = await startTestbed(directory, clouds);
  const config = join(directory, 'agency.yaml');
  await writeFile(config, JSON.stringify({ testbed: testbed.url }));
  const port = await freePort();
  const proxies = {};
  const apps = {};
  for (const name of appNames) {
    proxies[name] = await NatsProxy.open(bus.port);
    apps[name] = new App(name, directory, {
      AGENCY_CONFIG: config,
      AGENCY_PORT: String(port),
      AGENCY_RATE_LIMIT: '0',
      NATS_URL: `nats://127.0.0.1:${proxies[name].port}`,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    });
  }
  const client = new Client(`http://127.0.0.1:${port}`);
  const records = openRecords({ directory, databaseUrl: recordsUrl });
  /** Ids of the calls whose submission was answered with 201. */
  const acknowledged = new Set();
  const world = { directory, bus, testbed, proxies, apps, client, records, acknowledged };
  try {
    await Promise.all(appNames.map((name) => apps[name].start()));
    await until('the agency is ready', async () => (await client.ask('GET', '/readyz')).status === 200);
    return world;
  } catch (error) {
    await closeWorld(world, { keep: true });
    throw new Error(`${error.message} (${directory})`, { cause: error });
  }
}

export async function closeWorld({ directory, bus, testbed, proxies, apps, records }, { keep = false } = {}) {
  await records.close();
  await Promise.all(appNames.map((name) => apps[name].stop()));
  for (const proxy of Object.values(proxies)) proxy.close();
  await testbed.stop();
  await bus.stop();
  if (!keep) await rm(directory, { recursive: true, force: true });
}
