/** What every vendor module must do, tried on its cloud of the testbed over the vendor's own protocol. */
import type { Account } from '@cloud-agency/runtime';
import { randomUUID } from 'node:crypto';
import { openAccount } from '../src/vendor/credentials.js';
import { VendorHttp } from '../src/vendor/http.js';
import type { Instance, MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError, type VendorError } from '../src/vendor/vendor-error.js';
import { vendorNamed } from '../src/vendors/registry.js';
import { Testbed } from './testbed.js';
import { until } from './until.js';

jest.setTimeout(20_000);

let testbed: Testbed;
beforeAll(async () => {
  testbed = await Testbed.start('aws', 'linode');
});
afterAll(async () => {
  await testbed.stop();
});

describe.each([
  ['amazon', 'aws'],
  ['openstack', 'linode'],
])('%s', (vendor, cloud) => {
  let account: Account;
  let driver: VendorDriver;
  let order: MachineOrder;
  const opened: VendorDriver[] = [];

  const connect = (change: Partial<Account> = {}, timeoutMs = 5_000): VendorDriver => {
    const http = new VendorHttp({ timeoutMs, concurrency: 4, random: Math.random, signal: new AbortController().signal });
    const opening = vendorNamed(vendor).connect(openAccount({ ...account, ...change }, vendorNamed(vendor).credentials), {
      http,
      now: Date.now,
    });
    opened.push(opening);
    return opening;
  };
  const activeMachine = async (vendorId: string): Promise<Instance> =>
    await until('active', async () => {
      const instance = await driver.get(order.region, vendorId);
      return instance?.state === 'active' && instance;
    });
  const gone = async (vendorId: string): Promise<void> => {
    await until('gone', async () => {
      const instance = await driver.get(order.region, vendorId);
      if (!instance || instance.state === 'gone') return true;
      await driver.delete(order.region, vendorId).catch(() => undefined);
      return false;
    });
  };
  const failureOf = async (call: Promise<unknown>): Promise<VendorError> => {
    const outcome = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (outcome === undefined) throw new Error('it did not fail');
    return asVendorError(outcome);
  };

  beforeAll(async () => {
    const found = (await testbed.accounts()).find((candidate) => candidate.name === cloud);
    if (!found) throw new Error(`the testbed has no ${cloud}`);
    account = found;
    driver = connect();
    const [region = ''] = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
    const [zone = ''] = await driver.zones(region);
    const sizes = await driver.sizes(region);
    const size = sizes.find((candidate) => candidate.architecture === 'x64' && !candidate.zones);
    if (!size) throw new Error(`${cloud} has no x64 size in all zones of ${region}`);
    const image = await driver.image('debian-12', size.architecture, region);
    order = { name: 'contract', region, zone, size: size.name, image, tags: { 'agency.installation': 'contract-suite' } };
  });
  afterEach(async () => {
    await testbed.clearFaults();
  });
  afterAll(() => {
    for (const driver of opened) driver.close();
  });

  it('lists regions, zones and sizes with what the vocabulary needs of them', async () => {
    await driver.check();
    expect(await driver.regions()).toContain(order.region);
    for (const size of await driver.sizes(order.region)) {
      expect(size.cores).toBeGreaterThan(0);
      expect(size.memory).toBeGreaterThan(0);
      expect(['x64', 'arm64', null]).toContain(size.architecture);
    }
  });

  it('creates a machine that answers at its address, finds it by token and tag, and deletes it for good', async () => {
    const token = randomUUID();
    const ordered = {
      ...order,
      userData: '#cloud-config\n',
      sshKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop',
      tags: { ...order.tags, 'agency.placement': token },
    };
    const { vendorId, state } = await driver.create(ordered, token);
    expect(state).toBe('building');
    expect(await driver.find(order.region, token)).toMatchObject({ vendorId });
    expect(await driver.find(order.region, randomUUID())).toBeUndefined();
    const { address, zone } = await activeMachine(vendorId);
    expect(zone).toBe(order.zone);
    expect((await fetch(`http://${address ?? ''}:8080/health`)).status).toBe(200);
    expect(await driver.list(order.region, 'contract-suite')).toMatchObject([{ vendorId, placement: token }]);
    expect(await driver.list(order.region, 'another')).toEqual([]);
    await driver.delete(order.region, vendorId);
    await gone(vendorId);
    expect(await driver.list(order.region, 'contract-suite')).toEqual([]);
  });

  it('survives a second deletion, and does not know what never was', async () => {
    const { vendorId } = await driver.create(order, randomUUID());
    await driver.delete(order.region, vendorId);
    await driver.delete(order.region, vendorId).catch((error: unknown) => {
      expect(['not-found', 'conflict']).toContain(asVendorError(error).reason);
    });
    await gone(vendorId);
    const never = vendor === 'amazon' ? 'i-00000000000000000' : randomUUID();
    expect(await driver.get(order.region, never)).toBeUndefined();
    expect(await failureOf(driver.delete(order.region, never))).toMatchObject({ reason: 'not-found' });
  });

  it('says that credentials are bad, and does not repeat them', async () => {
    const fields = Object.keys(account.credentials);
    const last = fields.find((field) => /password|secret/.test(field)) ?? '';
    const failure = await failureOf(connect({ credentials: { ...account.credentials, [last]: 'not-the-secret' } }).check());
    expect(failure.reason).toBe('bad-credentials');
    expect(failure.message).not.toContain('not-the-secret');
  });

  it('says that the cloud is full', async () => {
    await testbed.fault({ cloud, fault: 'no-capacity' });
    const outcome = await driver.create(order, randomUUID()).then(
      async ({ vendorId }) => {
        const fallen = await until('fallen', async () => {
          const instance = await driver.get(order.region, vendorId);
          return instance?.state === 'error' && instance;
        });
        await gone(vendorId);
        return fallen.fault?.reason;
      },
      (error: unknown) => asVendorError(error).reason,
    );
    expect(outcome).toBe('no-capacity');
  });

  it('says that the quota is used up', async () => {
    await testbed.fault({ cloud, fault: 'quota' });
    expect(await failureOf(driver.create(order, randomUUID()))).toMatchObject({ reason: 'quota' });
  });

  it('waits as the rate limit asks, and says when that is too long', async () => {
    await testbed.fault({ cloud, fault: 'rate-limit', retry_after: 1, times: 1 });
    const started = Date.now();
    await expect(driver.zones(order.region)).resolves.not.toHaveLength(0);
    expect(Date.now() - started).toBeGreaterThanOrEqual(90);
    await testbed.fault({ cloud, fault: 'rate-limit', retry_after: 600 });
    expect(await failureOf(driver.zones(order.region))).toMatchObject({ reason: 'rate-limited' });
  });

  it('reads again after a server error; a create whose fate is unknown says so', async () => {
    await testbed.fault({ cloud, fault: 'server-error', times: 2 });
    await expect(driver.zones(order.region)).resolves.not.toHaveLength(0);
    await testbed.clearFaults();
    await testbed.fault({ cloud, fault: 'server-error' });
    expect(await failureOf(driver.create(order, randomUUID()))).toMatchObject({ reason: 'unavailable', outcomeUnknown: true });
  });

  it('makes one machine of a create whose answer never came', async () => {
    const token = randomUUID();
    const hasty = connect({}, 500);
    const warm = await hasty.create(order, randomUUID());
    const before = (await testbed.instances(cloud)).length;
    await testbed.fault({ cloud, fault: 'slow', delay_ms: 1_200, times: 1 });
    expect(await failureOf(hasty.create(order, token))).toMatchObject({ reason: 'timeout', outcomeUnknown: true });
    const { vendorId } = await until('found', async () => await driver.find(order.region, token));
    expect((await testbed.instances(cloud)).length).toBe(before + 1);
    await Promise.all([gone(vendorId), gone(warm.vendorId)]);
  });

  it('tells a boot that ends in error from one that goes on', async () => {
    await testbed.fault({ cloud, fault: 'boot-error' });
    const { vendorId } = await driver.create(order, randomUUID());
    const fallen = await until('fallen', async () => {
      const instance = await driver.get(order.region, vendorId);
      return instance && instance.state !== 'building' && instance;
    });
    expect(['error', 'gone']).toContain(fallen.state);
    expect(fallen.fault).toMatchObject({ reason: 'boot-failed' });
    await gone(vendorId);
  });
});
