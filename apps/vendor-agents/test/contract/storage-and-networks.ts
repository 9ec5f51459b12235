import { randomUUID } from 'node:crypto';
import type { NetworkDriver, Volume, VolumeDriver } from '../../src/vendor/port.js';
import type { VendorModule } from '../../src/vendor/vendor-module.js';
import { until } from '../until.js';
import { failureOf, repeated, type Subject, when } from './subject.js';

export function storageAndNetworks({ abilities }: VendorModule, subject: () => Subject): void {
  const able = abilities.includes.bind(abilities);
  const volumes = (): VolumeDriver => subject().driver.volumes!;
  const networks = (): NetworkDriver => subject().driver.networks!;
  let machine: string;

  beforeAll(async () => {
    machine = able('volumes') || able('networks') ? (await subject().running()).vendorId : '';
  });
  afterAll(async () => {
    if (machine !== '') await subject().gone(machine);
  });

  const volumeIs = async (vendorId: string, state: Volume['state']): Promise<Volume> =>
    await until(`the volume is ${state}`, async () => {
      const volume = await volumes().get(subject().order.region, vendorId);
      return volume?.state === state && volume;
    });
  const volumeGone = async (vendorId: string): Promise<void> => {
    const { region } = subject().order;
    await repeated('the volume is gone', async () => {
      await volumes().delete(region, vendorId);
      return ((await volumes().get(region, vendorId))?.state ?? 'gone') === 'gone';
    });
  };
  const volume = async (token = randomUUID()): Promise<string> => {
    const { region, zone, tags } = subject().order;
    return (await volumes().create({ name: 'data', region, zone, size: 10, tags }, token)).vendorId;
  };

  when(able('volumes'))('makes a volume, finds it, attaches it to a machine, lets go of it and deletes it for good', async () => {
    const { region } = subject().order;
    const token = randomUUID();
    const vendorId = await volume(token);
    expect(await volumes().find(region, token)).toMatchObject({ vendorId });
    expect(await volumes().find(region, randomUUID())).toBeUndefined();
    await volumeIs(vendorId, 'available');
    await volumes().attach(region, vendorId, machine, '/dev/vdb');
    const attached = await volumeIs(vendorId, 'attached');
    expect(attached).toMatchObject({ machine });
    if (attached.device !== null) expect(attached.device).toMatch(/^\/dev\//);
    await volumes().attach(region, vendorId, machine, '/dev/vdb');
    expect(await failureOf(volumes().delete(region, vendorId))).toMatchObject({ reason: 'conflict' });
    await volumes().detach(region, vendorId, machine);
    await volumeIs(vendorId, 'available');
    await volumes().detach(region, vendorId, machine);
    await volumeGone(vendorId);
    await volumes().delete(region, vendorId);
  });

  when(able('volumes'))('lets go of a volume whose machine is deleted', async () => {
    const { region } = subject().order;
    const [other, vendorId] = await Promise.all([subject().made(), volume()]);
    await subject().becomes(other, 'active');
    await volumeIs(vendorId, 'available');
    await volumes().attach(region, vendorId, other, undefined);
    await volumeIs(vendorId, 'attached');
    await subject().gone(other);
    await volumeIs(vendorId, 'available');
    await volumeGone(vendorId);
  });

  when(able('networks'))('makes one network, gives a machine one interface in it, and takes both back', async () => {
    const { region, tags } = subject().order;
    const token = randomUUID();
    const wish = { name: 'inner', region, range: '10.20.0.0/16', tags };
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
    await twice('it has left', async () => {
      await networks().leave(region, machine, joined.vendorId);
    });
    await twice('the network is gone', async () => {
      await networks().delete(region, network);
    });
    expect(await networks().find(wish, token)).toBeUndefined();
  });
}

/** What may be repeated is. */
async function twice(what: string, call: () => Promise<void>): Promise<void> {
  for (let times = 0; times < 2; times += 1) await repeated(what, async () => await call().then(() => true));
}
