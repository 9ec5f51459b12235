import type { VendorMetrics } from '../src/vendor/port.js';
import { fault, json, notFound, RecordedOpenStack } from './recorded-openstack.js';

let cloud: RecordedOpenStack;
let metrics: VendorMetrics;

const at = Date.UTC(2026, 0, 1);
const path = 'GET /compute/v2.1/servers/s-1/diagnostics';
const read = (since = at) => metrics.read('RegionOne', 's-1', since);

beforeEach(async () => {
  cloud = await RecordedOpenStack.open();
  metrics = cloud.driver.metrics!;
});
afterEach(() => cloud.close());

const standard = {
  cpu_details: [
    { id: 0, time: 17_300_000_000, utilisation: 15 },
    { id: 1, time: 2_700_000_000, utilisation: null },
  ],
  disk_details: [
    { read_bytes: 262_144, write_bytes: 5_778_432, errors_count: 1 },
    { read_bytes: 1_000, write_bytes: null },
  ],
  nic_details: [{ mac_address: '01:23:45:67:89:ab', rx_octets: 2_070_139, tx_octets: 140_208 }],
  memory_details: { maximum: 2_048, used: 512 },
  num_cpus: 2,
  state: 'running',
  driver: 'libvirt',
};

it('are counters of all cores, interfaces and disks together, and the memory in use', async () => {
  cloud.answers[path] = () => json(standard);
  expect(await read()).toEqual([
    { metric: 'cpu', at, value: 20, total: true },
    { metric: 'memory', at, value: 0.5 },
    { metric: 'network-in', at, value: 2_070_139, total: true },
    { metric: 'network-out', at, value: 140_208, total: true },
    { metric: 'disk-read', at, value: 263_144, total: true },
    { metric: 'disk-write', at, value: 5_778_432, total: true },
  ]);
  expect(cloud.asked('GET', '*').at(-1)?.headers['openstack-api-version']).toBe('compute 2.48');
});

it('are read from what libvirt calls them, at a cloud too old for the standard', async () => {
  cloud.answers[path] = ({ headers }) =>
    headers['openstack-api-version'] !== undefined
      ? fault('computeFault', 406)
      : json({
          vnet0_tx_errors: 0,
          vda_errors: -1,
          vda_read: 4_447_232,
          vda_write: 4_347_904,
          vda_read_req: 291,
          vnet0_tx: 364_840,
          vnet0_rx: 363_725,
          vnet1_rx: 5,
          'memory-rss': 1_048_576,
          memory: 2_097_152,
          cpu0_time: 195_000_000_000,
          cpu1_time: 5_000_000_000,
          hdd_read: -1,
        });
  expect(await read()).toEqual([
    { metric: 'cpu', at, value: 200, total: true },
    { metric: 'memory', at, value: 1 },
    { metric: 'network-in', at, value: 363_730, total: true },
    { metric: 'network-out', at, value: 364_840, total: true },
    { metric: 'disk-read', at, value: 4_447_232, total: true },
    { metric: 'disk-write', at, value: 4_347_904, total: true },
  ]);
});

it('of a hypervisor that tells little are few', async () => {
  cloud.answers[path] = () => json({ cpu_details: [], nic_details: null, disk_details: [], memory_details: { used: null } });
  expect(await read()).toEqual([]);
});

it('are none of a machine that does not run, none before they are asked for, and none of what nobody knows', async () => {
  cloud.answers[path] = () => fault('conflictingRequest', 409);
  expect(await read()).toEqual([]);
  expect(await read(at + 1)).toEqual([]);
  cloud.answers[path] = notFound;
  expect(await read()).toBeUndefined();
});

it.each([
  ['forbidden', fault('forbidden', 403), 'forbidden'],
  ['a page of some proxy', { status: 200, body: '<html>' }, 'unknown'],
])('are refused: %s', async (_, answer, reason) => {
  cloud.answers[path] = () => answer;
  await expect(read()).rejects.toMatchObject({ reason });
});

describe('the console of a machine', () => {
  const action = 'POST /compute/v2.1/servers/s-1/action';
  const shown = () => cloud.driver.operations!.console!('RegionOne', 's-1');

  it('is shown from its end', async () => {
    cloud.answers[action] = () => json({ output: 'login:' });
    expect(await shown()).toBe('login:');
    expect(cloud.sent('POST', '/compute/v2.1/servers/s-1/action')).toEqual({ 'os-getConsoleOutput': { length: 500 } });
  });

  it('is empty while there is none, and refused where nobody has one', async () => {
    cloud.answers[action] = () => fault('conflictingRequest', 409);
    expect(await shown()).toBe('');
    cloud.answers[action] = () => json({ output: '' });
    expect(await shown()).toBe('');
    cloud.answers[action] = () => fault('notImplemented', 501);
    await expect(shown()).rejects.toMatchObject({ vendorCode: 'notImplemented' });
  });
});
