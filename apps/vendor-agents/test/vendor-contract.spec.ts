/** What every vendor module must do, tried on its cloud of the testbed over the vendor's own protocol. */
import type { Account } from '@cloud-agency/runtime';
import { randomUUID } from 'node:crypto';
import { openAccount } from '../src/vendor/credentials.js';
import { VendorHttp } from '../src/vendor/http.js';
import type {
  Instance,
  InstanceState,
  MachineOperations,
  MachineOrder,
  NetworkDriver,
  VendorDriver,
  Volume,
  VolumeDriver,
} from '../src/vendor/port.js';
import { asVendorError, VendorError } from '../src/vendor/vendor-error.js';
import type { Ability } from '../src/vendor/vendor-module.js';
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

  it('says what is left of a quota, which goes down with a machine', async () => {
    const machinesLeft = async (): Promise<number> =>
      (await driver.quotas(order.region)).find(({ of }) => of === 'machines')?.left ?? NaN;
    const before = await machinesLeft();
    expect(before).toBeGreaterThan(0);
    const { vendorId } = await driver.create(order, randomUUID());
    expect(await machinesLeft()).toBe(before - 1);
    await gone(vendorId);
    expect(await machinesLeft()).toBe(before);
  });

  it('buys on the spot market where its manifest says so, and at no price that is too low', async () => {
    const sells = vendorNamed(vendor).abilities.includes('spot');
    expect((await driver.sizes(order.region)).some(({ spot }) => spot === true)).toBe(sells);
    if (!sells) return;
    const { vendorId } = await driver.create({ ...order, spot: { maxPrice: 1_000 } }, randomUUID());
    await activeMachine(vendorId);
    expect(await testbed.instances(cloud)).toMatchObject([{ id: vendorId, market: 'spot' }]);
    await gone(vendorId);
    const cheap = driver.create({ ...order, spot: { maxPrice: 0.0000001 } }, randomUUID());
    expect(await failureOf(cheap)).toMatchObject({ reason: 'price-changed', outcomeUnknown: false });
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

  describe('what can be asked of a machine that runs', () => {
    const able = (ability: Ability): boolean => vendorNamed(vendor).abilities.includes(ability);
    const ableTo = (ability: Ability): jest.It => (able(ability) ? it : it.skip);
    let machine: string;

    beforeAll(async () => {
      ({ vendorId: machine } = await driver.create(order, randomUUID()));
      await activeMachine(machine);
    });
    afterAll(async () => {
      await gone(machine);
    });

    const operations = (): MachineOperations => driver.operations!;
    const volumes = (): VolumeDriver => driver.volumes!;
    const networks = (): NetworkDriver => driver.networks!;
    const becomes = async (state: InstanceState): Promise<Instance> =>
      await until(`the machine is ${state}`, async () => {
        const instance = await driver.get(order.region, machine);
        return instance?.state === state && instance;
      });
    /** Asks again as long as the vendor says that it takes its time. */
    const repeated = async <T>(what: string, call: () => Promise<T | false>): Promise<T> =>
      await until(what, async () => {
        try {
          return await call();
        } catch (error) {
          if (!(error instanceof VendorError) || (!error.passing && error.reason !== 'conflict')) throw error;
          return false;
        }
      });
    const volumeIs = async (vendorId: string, state: Volume['state']): Promise<Volume> =>
      await until(`the volume is ${state}`, async () => {
        const volume = await volumes().get(order.region, vendorId);
        return volume?.state === state && volume;
      });
    const volumeGone = async (vendorId: string): Promise<void> => {
      await repeated('the volume is gone', async () => {
        await volumes().delete(order.region, vendorId);
        return ((await volumes().get(order.region, vendorId))?.state ?? 'gone') === 'gone';
      });
    };

    it('has the parts that its manifest names', () => {
      expect(driver.operations !== undefined).toBe(able('start-stop') || able('restart') || able('resize') || able('save'));
      expect(driver.volumes !== undefined).toBe(able('volumes'));
      expect(driver.networks !== undefined).toBe(able('networks'));
    });

    ableTo('start-stop')('stops a machine and starts it again, at an address that answers', async () => {
      await operations().act(order.region, machine, 'stop', false);
      await becomes('inactive');
      await operations().act(order.region, machine, 'start', false);
      const { address } = await becomes('active');
      expect((await fetch(`http://${address ?? ''}:8080/health`)).status).toBe(200);
    });

    ableTo('restart')('restarts a machine, which is active again after that', async () => {
      await operations().act(order.region, machine, 'restart', true);
      await becomes('active');
    });

    it('suspends a machine and resumes it, or says that it cannot', async () => {
      const asked = operations().act(order.region, machine, 'suspend', false);
      if (!able('suspend')) {
        expect(await failureOf(asked)).toMatchObject({ reason: 'invalid-request' });
        return;
      }
      await asked;
      await becomes('suspended');
      await operations().act(order.region, machine, 'resume', false);
      await becomes('active');
    });

    ableTo('resize')('gives a machine another size and its own one back; it runs again, and is shown as no other', async () => {
      const sizes = await driver.sizes(order.region);
      const other = sizes.find(({ name, architecture, zones }) => name !== order.size && architecture === 'x64' && !zones)!;
      for (const size of [other.name, order.size]) {
        await repeated(`it is a ${size}`, async () => await operations().resize(order.region, machine, size));
        await becomes('active');
        expect(await testbed.instances(cloud)).toMatchObject([{ id: machine, type: size }]);
      }
      const impossible = repeated('nothing', async () => await operations().resize(order.region, machine, 'no-such-size'));
      expect((await failureOf(impossible)).passing).toBe(false);
      await repeated('it has its old size', async () => await operations().resize(order.region, machine, order.size));
      await becomes('active');
    });

    ableTo('save')('makes one image of a machine, however often it is asked, and machines of that image', async () => {
      const token = randomUUID();
      const save = async () => await operations().save(order.region, machine, { name: 'golden', token });
      const first = await save();
      const saved = await repeated('the image is made', async () => {
        const image = await save();
        return image.state === 'active' && image;
      });
      expect(saved.vendorId).toBe(first.vendorId);
      const { vendorId } = await driver.create({ ...order, image: saved.vendorId }, randomUUID());
      await activeMachine(vendorId);
      await gone(vendorId);
    });

    ableTo('volumes')('makes a volume, finds it, attaches it to a machine, lets go of it and deletes it for good', async () => {
      const token = randomUUID();
      const { region, zone } = order;
      const { vendorId } = await volumes().create({ name: 'data', region, zone, size: 10, tags: order.tags }, token);
      expect(await volumes().find(region, token)).toMatchObject({ vendorId });
      expect(await volumes().find(region, randomUUID())).toBeUndefined();
      await volumeIs(vendorId, 'available');
      await volumes().attach(region, vendorId, machine, '/dev/vdb');
      expect(await volumeIs(vendorId, 'attached')).toMatchObject({
        machine,
        device: expect.stringMatching(/^\/dev\//) as string,
      });
      await volumes().attach(region, vendorId, machine, '/dev/vdb');
      expect(await failureOf(volumes().delete(region, vendorId))).toMatchObject({ reason: 'conflict' });
      await volumes().detach(region, vendorId, machine);
      await volumeIs(vendorId, 'available');
      await volumes().detach(region, vendorId, machine);
      await volumeGone(vendorId);
      await volumes().delete(region, vendorId);
    });

    ableTo('volumes')('lets go of a volume whose machine is deleted', async () => {
      const { region, zone } = order;
      const [{ vendorId: other }, { vendorId }] = await Promise.all([
        driver.create(order, randomUUID()),
        volumes().create({ name: 'data', region, zone, size: 10, tags: order.tags }, randomUUID()),
      ]);
      await activeMachine(other);
      await volumeIs(vendorId, 'available');
      await volumes().attach(region, vendorId, other, undefined);
      await volumeIs(vendorId, 'attached');
      await gone(other);
      await volumeIs(vendorId, 'available');
      await volumeGone(vendorId);
    });

    ableTo('networks')('makes one network, gives a machine one interface in it, and takes both back', async () => {
      const { region } = order;
      const token = randomUUID();
      const wish = { name: 'inner', region, range: '10.20.0.0/16', tags: order.tags };
      expect(await networks().find(wish, token)).toBeUndefined();
      const { vendorId: network } = await networks().ensure(wish, token);
      expect(await networks().ensure(wish, token)).toEqual({ vendorId: network });
      expect(await networks().find(wish, token)).toEqual({ vendorId: network });
      const own = { token: randomUUID(), address: '10.20.0.77' };
      expect(await networks().findInterface(region, network, own.token)).toBeUndefined();
      const joined = await repeated('it has joined', async () => {
        const got = await networks().join(region, network, machine, own);
        return got.state === 'active' && got;
      });
      expect(joined.address).toBe(own.address);
      expect(await networks().findInterface(region, network, own.token)).toMatchObject({ vendorId: joined.vendorId });
      expect(await failureOf(networks().delete(region, network))).toMatchObject({ reason: 'conflict' });
      for (let times = 0; times < 2; times += 1)
        await repeated(
          'it has left',
          async () =>
            await networks()
              .leave(region, machine, joined.vendorId)
              .then(() => true),
        );
      for (let times = 0; times < 2; times += 1)
        await repeated(
          'the network is gone',
          async () =>
            await networks()
              .delete(region, network)
              .then(() => true),
        );
      expect(await networks().find(wish, token)).toBeUndefined();
    });
  });
});
