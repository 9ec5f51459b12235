/** What a client of the Gandi face gets. */
import type { Account } from '@cloud-agency/runtime';
import { credentialOf, endpointOf, probe, runTestbed, type RunningTestbed, until } from './harness.js';
import { post, rpc, type RpcReply } from './xml-rpc-client.js';

let testbed: RunningTestbed;
let account: Account;
let key: string;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['gandi'] });
  account = await testbed.account('gandi');
  key = credentialOf(account, 'api_key');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

type Struct = Readonly<Record<string, unknown>> & { readonly id: number };

const ask = async (method: string, ...params: readonly unknown[]): Promise<RpcReply> =>
  await rpc(endpointOf(account), method, key, ...params);
const value = async <T = Struct>(method: string, ...params: readonly unknown[]): Promise<T> => {
  const reply = await ask(method, ...params);
  if (reply.fault) throw new Error(reply.fault.faultString);
  return reply.value as T;
};
const done = async (operation: Struct, step = 'DONE'): Promise<Struct> =>
  await until(
    () => value('operation.info', operation.id),
    (info) => info.step === step,
  );
const image = async (): Promise<number> => {
  const images = await value<Struct[]>('hosting.image.list', { datacenter_id: 1 });
  return Number(images.find(({ label }) => String(label).startsWith('Debian 12'))?.disk_id);
};
const vmSpec = { datacenter_id: 1, hostname: 'web', memory: 1024, cores: 1, login: 'admin', password: 'a-password' };
const diskSpec = { datacenter_id: 1, name: 'sys_web', size: 20_480 };
const create = async (change: object = {}, diskChange: object = {}, source?: number): Promise<RpcReply> =>
  await ask('hosting.vm.create_from', { ...vmSpec, ...change }, { ...diskSpec, ...diskChange }, source ?? (await image()));
const made = async (): Promise<number> => {
  const operations = (await create()).value as Struct[];
  await done(operations[2]!);
  return Number(operations[2]?.vm_id);
};
const vm = async (id: number): Promise<Struct> => await value('hosting.vm.info', id);
const becomes = async (id: number, state: string): Promise<Struct> =>
  await until(
    () => vm(id),
    (info) => info.state === state,
  );

it('tells data centres, and images of each', async () => {
  expect(await value<Struct[]>('hosting.datacenter.list')).toMatchObject([
    { id: 1, dc_code: 'FR-SD2', country: 'FR' },
    { id: 2, dc_code: 'US-BA1' },
  ]);
  const images = await value<Struct[]>('hosting.image.list', { datacenter_id: 2 });
  expect(new Set(images.map(({ datacenter_id: id }) => id))).toEqual(new Set([2]));
  expect(images.map(({ label }) => label)).toContain('Ubuntu 24.04 64 bits LTS (HVM)');
});

it('makes a machine by three operations; it answers, is halted and goes with its disk', async () => {
  await testbed.fault({ cloud: 'gandi', fault: 'slow-boot', delay_ms: 6_000 });
  const operations = (await create()).value as Struct[];
  expect(operations).toMatchObject([
    { type: 'disk_create', step: 'DONE' },
    { type: 'iface_create', step: 'DONE' },
    { type: 'vm_create', step: 'RUN', last_error: null },
  ]);
  const id = Number(operations[2]?.vm_id);
  expect(await vm(id)).toMatchObject({ state: 'being_created', hostname: 'web' });
  await done(operations[2]!);
  const running = await becomes(id, 'running');
  expect(running).toMatchObject({ cores: 1, memory: 1024, datacenter_id: 1, disks: [{ name: 'sys_web', size: 20_480 }] });
  const [{ ips }] = running.ifaces as [{ ips: [{ ip: string; version: number }] }];
  expect(await probe(ips[0].ip)).toMatchObject({ instance: String(id), type: 'medium' });
  expect((await ask('hosting.vm.delete', id)).fault).toMatchObject({ faultCode: 530_268 });
  await done(await value('hosting.vm.stop', id));
  await becomes(id, 'halted');
  await done(await value('hosting.vm.delete', id));
  await until(
    () => ask('hosting.vm.info', id),
    ({ fault }) => fault?.faultCode === 530_242,
  );
  expect(await value('hosting.disk.list', { vms_id: [id] })).toEqual([]);
});

it('starts, reboots and gives more cores and memory', async () => {
  const id = await made();
  await done(await value('hosting.vm.reboot', id));
  await done(await value('hosting.vm.update', id, { cores: 2, memory: 2048 }));
  expect(await becomes(id, 'running')).toMatchObject({ cores: 2, memory: 2048 });
  await done(await value('hosting.vm.stop', id));
  await becomes(id, 'halted');
  expect((await ask('hosting.vm.stop', id)).fault).toMatchObject({ faultCode: 530_260 });
  await done(await value('hosting.vm.start', id));
  await becomes(id, 'running');
  expect((await ask('hosting.vm.update', id, { memory: 100 })).fault).toMatchObject({ faultCode: 530_237 });
});

it('tells a machine that does not boot by its operation', async () => {
  await testbed.fault({ cloud: 'gandi', fault: 'boot-error' });
  const [, , creation] = (await create()).value as Struct[];
  expect(await done(creation!, 'ERROR')).toMatchObject({ last_error: 'The instance failed to boot.' });
  expect(await becomes(Number(creation?.vm_id), 'invalid')).toMatchObject({ ifaces: [{ ips: [] }] });
  await done(await value('hosting.vm.delete', Number(creation?.vm_id)));
});

it('attaches disks, and keeps them when their machine goes', async () => {
  const id = await made();
  const creation = await value('hosting.disk.create', { name: 'data', size: 10_240, datacenter_id: 1 });
  const disk = Number(creation.disk_id);
  await done(creation);
  expect((await ask('hosting.vm.disk_detach', id, disk)).fault).toMatchObject({ faultCode: 530_498 });
  await done(await value('hosting.vm.disk_attach', id, disk));
  expect(await value('hosting.disk.info', disk)).toMatchObject({ vms_id: [id], size: 10_240, state: 'created' });
  expect((await vm(id)).disks_id).toHaveLength(2);
  expect((await ask('hosting.disk.delete', disk)).fault).toMatchObject({ faultCode: 530_439 });
  await done(await value('hosting.vm.disk_detach', id, disk));
  await until(
    () => value('hosting.disk.info', disk),
    ({ vms_id: machines }) => (machines as number[]).length === 0,
  );
  await done(await value('hosting.disk.delete', disk));
});

it('copies a system disk, and makes machines of the copy', async () => {
  const id = await made();
  const [system] = (await vm(id)).disks_id as [number];
  const copying = await value('hosting.disk.create_from', { name: 'golden' }, system);
  const copy = Number(copying.disk_id);
  expect((await create({}, {}, copy)).fault).toMatchObject({ faultCode: 530_460 });
  await until(
    () => value('hosting.disk.info', copy),
    ({ state }) => state === 'created',
  );
  expect((await create({}, { size: 3_072 }, copy)).fault).toMatchObject({ faultCode: 530_495 });
  expect((await create({}, {}, copy)).value).toHaveLength(3);
  await done(await value('hosting.disk.delete', copy));
});

it('lets keys of the account in', async () => {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop';
  const { id } = await value('hosting.ssh.create', { name: 'shop', value: publicKey });
  expect(await value('hosting.ssh.list', { name: 'shop' })).toMatchObject([{ id, name: 'shop' }]);
  expect((await ask('hosting.ssh.create', { name: 'shop', value: publicKey })).fault).toMatchObject({ faultCode: 501_741 });
  const reply = await ask(
    'hosting.vm.create_from',
    { datacenter_id: 1, hostname: 'keyed', memory: 256, cores: 1, keys: [id] },
    { datacenter_id: 1 },
    await image(),
  );
  expect(reply.value).toHaveLength(3);
  expect(await value('hosting.ssh.delete', id)).toBe(true);
});

it('lists in pages, by what is wanted of them', async () => {
  await create({ hostname: 'paged-1' });
  await create({ hostname: 'paged-2' });
  expect(await value('hosting.vm.list', { hostname: ['paged-1', 'paged-2'], items_per_page: 1, page: 1 })).toMatchObject([
    { hostname: 'paged-2' },
  ]);
  await testbed.fault({ cloud: 'gandi', fault: 'short-pages' });
  expect(await value('hosting.vm.list')).toHaveLength(2);
  expect((await ask('hosting.vm.list', { colour: 'red' })).fault).toMatchObject({ faultCode: 501_537 });
});

it.each([
  ['no-capacity', 200, 532_754],
  ['quota', 200, 530_035],
  ['server-error', 500, 150_000],
  ['region-down', 503, 160_005],
  ['rate-limit', 429, 160_004],
  ['revoked', 200, 510_150],
])('tells %s apart', async (fault, status, faultCode) => {
  const source = await image();
  await testbed.fault({ cloud: 'gandi', fault });
  expect(await create({}, {}, source)).toMatchObject({ status, fault: { faultCode } });
});

it('is down where a region is, and nowhere else', async () => {
  await testbed.fault({ cloud: 'gandi', region: 'us-ba1', fault: 'region-down' });
  expect((await ask('hosting.vm.list', { datacenter_id: 2 })).status).toBe(503);
  expect((await ask('hosting.vm.list', { datacenter_id: 1 })).status).toBe(200);
});

it.each([
  ['a machine without a way in', { password: undefined }, {}, 501_532],
  ['an unknown data centre', { datacenter_id: 9 }, {}, 532_742],
  ['a disk elsewhere', {}, { datacenter_id: 2 }, 530_451],
  ['a disk smaller than its image', {}, { size: 1_024 }, 530_495],
  ['a host name that is none', { hostname: '-web' }, {}, 501_237],
  ['what nobody knows', { colour: 'red' }, {}, 501_537],
])('refuses %s', async (_, change, diskChange, faultCode) => {
  const spec = Object.fromEntries(Object.entries({ ...vmSpec, ...change }).filter(([, member]) => member !== undefined));
  const reply = await ask('hosting.vm.create_from', spec, { ...diskSpec, ...diskChange }, await image());
  expect(reply.fault).toMatchObject({ faultCode });
});

it('refuses wrong keys, methods, types and documents', async () => {
  const url = endpointOf(account);
  expect((await rpc(url, 'version.info', 'short')).fault).toMatchObject({ faultCode: 501_237 });
  expect((await rpc(url, 'version.info', 'a'.repeat(24))).fault).toMatchObject({ faultCode: 510_150 });
  expect((await ask('hosting.vm.levitate', 1)).fault).toMatchObject({ faultCode: 501_642 });
  expect((await ask('hosting.vm.info', 'one')).fault).toMatchObject({ faultCode: 501_010 });
  expect((await post(url, 'not XML')).fault).toMatchObject({ faultCode: -32_700 });
  expect((await post(url, '{}', 'application/json')).status).not.toBe(200);
});
