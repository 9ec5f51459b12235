import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { databases } from '../../../libs/store/test/databases.js';
import { AgencySide, target } from './agency-side.js';
import { MachineStub, until } from './targets.js';

/** 200 ms of downtime are allowed. */
const available = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: 20_000 } as const;

let agency: AgencySide;
let web: MachineStub;

beforeEach(async () => {
  agency = await AgencySide.open();
  web = await MachineStub.at('127.0.0.1');
});
afterEach(async () => {
  await web.die();
  await agency.close();
});

/** The built monitor as a process of its own. */
async function spawnMonitor(): Promise<ChildProcess> {
  const main = pathToFileURL(join(__dirname, '../dist/main.js')).href;
  const program = `const { runApp } = await import('@cloud-agency/runtime'); await runApp('monitor', new URL('${main}'), process.env);`;
  const environment = {
    ...process.env,
    NATS_URL: agency.bus.url,
    NATS_TOKEN: agency.bus.token,
    AGENCY_DATA: agency.store,
    AGENCY_LOG: 'error',
  };
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(__dirname, '..'),
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

it('killed and started again, the monitor tells nothing twice and forgets nothing', async () => {
  let monitor = await spawnMonitor();
  try {
    await agency.watch('killed', { resources: [target('web', '127.0.0.1')], guarantees: [available], url: web.url });
    await until(() => agency.told().includes('sla.fulfilled'));
    await web.die();
    await until(() => agency.told().includes('sla.violated'));
    await kill(monitor);

    monitor = await spawnMonitor();
    agency.assessments.length = 0;
    await until(() => agency.healthOf('killed', 'web') === 'down');
    expect(agency.latest('killed')?.terms[0]?.state).toBe('violated');
    await web.boot();
    await until(() => agency.told().includes('resource.up'));
    expect(agency.told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up']);
  } finally {
    await kill(monitor);
  }
});

it('of several monitors on one database one is on duty; when it ends, another goes on where it was', async () => {
  const database = await databases['PostgreSQL (PGlite)']!();
  const first = await agency.startMonitor(database.place.databaseUrl);
  const second = await agency.startMonitor(database.place.databaseUrl);
  await agency.watch('shared', { resources: [target('web', '127.0.0.1')], guarantees: [available], url: web.url });
  await until(() => agency.told().includes('sla.fulfilled'));
  await web.die();
  await until(() => agency.told().includes('sla.violated'));
  await first.stop();

  agency.assessments.length = 0;
  await until(() => agency.healthOf('shared', 'web') === 'down');
  await web.boot();
  await until(() => agency.told().includes('resource.up'));
  expect(agency.told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up']);
  await second.stop();
  await database.end();
});
