import axios from 'axios';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '@cloud-agency/runtime';
import { probe, temporaryDirectory, until } from './harness.js';
import { type Server, servicesOf } from './openstack-client.js';

const root = join(__dirname, '../../..');
const program = join(root, 'apps/cli/bin/run-app.js');

let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  rmSync(directory, { recursive: true });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The built program, in a process of its own. */
function spawnTestbed(environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program, 'testbed'], {
    cwd: root,
    env: { ...process.env, AGENCY_DATA: directory, AGENCY_CONFIG: '', TESTBED_CLOUDS: 'campus', ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  children.push(child);
  return child;
}

async function start(environment: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
  const file = join(directory, 'testbed', 'testbed.json');
  rmSync(file, { force: true });
  const child = spawnTestbed(environment);
  await until(() => Promise.resolve(existsSync(file)), Boolean, 20_000);
  const { url, pid } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; pid: number };
  expect(pid).toBe(child.pid);
  return { child, url };
}

async function client(url: string) {
  const [account] = (await axios.get<Account[]>(`${url}/accounts`, { proxy: false })).data;
  const { nova, glance } = await servicesOf(account!, 'us-east');
  const image = (
    await glance.get<{ images: { id: string }[] }>('/v2/images', { params: { name: 'debian-12', architecture: 'x86_64' } })
  ).data.images[0]!;
  const flavor = (await nova.get<{ flavors: { id: string }[] }>('/flavors/detail')).data.flavors[0]!;
  return {
    async create(name: string): Promise<string> {
      const { data } = await nova.post<{ server: { id: string } }>('/servers', {
        server: { name, imageRef: image.id, flavorRef: flavor.id, networks: 'auto' },
      });
      return data.server.id;
    },
    show: async (id: string): Promise<Server> => (await nova.get<{ server: Server }>(`/servers/${id}`)).data.server,
  };
}

it('after kill -9 the same instances run at the same addresses, the dead stay dead, and what was building goes on', async () => {
  const before = await start();
  const { create, show } = await client(before.url);
  const ids = [await create('alive'), await create('dead')] as const;
  const [alive, dead] = await Promise.all(
    ids.map((id) =>
      until(
        () => show(id),
        ({ status }) => status === 'ACTIVE',
      ),
    ),
  );
  const addressOf = ({ addresses }: Server): string => addresses.private![0]!.addr;
  await axios.post(`${before.url}/control/instances/${dead!.id}/die`, undefined, { proxy: false });
  const building = await create('building');
  before.child.kill('SIGKILL');
  await once(before.child, 'exit');
  expect(await probe(addressOf(alive!))).toBe('refused');

  const after = await start();
  expect(after.url).toBe(before.url);
  expect(await probe(addressOf(alive!))).toMatchObject({ status: 'ok', instance: alive!.id });
  expect(await probe(addressOf(dead!))).toBe('refused');
  const again = await client(after.url);
  expect(await again.show(alive!.id)).toMatchObject({ status: 'ACTIVE', addresses: alive!.addresses });
  expect(await again.show(dead!.id)).toMatchObject({ status: 'ACTIVE' });
  const built = await until(
    () => again.show(building),
    ({ status }) => status === 'ACTIVE',
  );
  expect(await probe(addressOf(built))).toMatchObject({ instance: building });
}, 30_000);

it('ends within a second of its parent', async () => {
  const { child } = await start({ TESTBED_LIFELINE: '1' });
  const ended = once(child, 'exit');
  const cut = Date.now();
  child.stdin!.end();
  await ended;
  expect(Date.now() - cut).toBeLessThan(1000);
}, 30_000);

it('says who is in the way when its addresses are taken', async () => {
  await start();
  const second = spawnTestbed();
  let said = '';
  second.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(second, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toMatch(
    /^testbed: The testbed's instances live in 127\.\d+\.\d+\.0\/24, .*another testbed on this data directory/m,
  );
}, 30_000);
