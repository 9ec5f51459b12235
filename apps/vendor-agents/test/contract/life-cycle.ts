import { randomUUID } from 'node:crypto';
import { asVendorError } from '../../src/vendor/vendor-error.js';
import type { VendorModule } from '../../src/vendor/vendor-module.js';
import { until } from '../until.js';
import { another, failureOf, installation, type Subject, when } from './subject.js';

export function lifeCycle({ abilities }: VendorModule, subject: () => Subject): void {
  const able = abilities.includes.bind(abilities);

  it('lists regions, zones and sizes with what the vocabulary needs of them', async () => {
    const { driver, order } = subject();
    await driver.check();
    expect(await driver.regions()).toContain(order.region);
    expect(await driver.zones(order.region)).not.toHaveLength(0);
    const sizes = await driver.sizes(order.region);
    expect(new Set(sizes.map(({ name }) => name)).size).toBe(sizes.length);
    for (const size of sizes) {
      expect(size.cores).toBeGreaterThan(0);
      expect(size.memory).toBeGreaterThan(0);
      expect(['x64', 'arm64', null]).toContain(size.architecture);
    }
  });

  it('knows images by their portable names', async () => {
    const { driver, order } = subject();
    expect(driver.mapsImage('debian-12', null)).toBe(true);
    expect(driver.mapsImage('no-such-system', null)).toBe(false);
    expect(await driver.image('debian-12', 'x64', order.region)).toBe(order.image);
    expect(await failureOf(driver.image('no-such-system', 'x64', order.region))).toMatchObject({ reason: 'invalid-request' });
  });

  it('creates a machine that answers at its address, finds it by token and tag, and deletes it for good', async () => {
    const { driver, order } = subject();
    const { order: plain, token } = subject().wanted();
    const wanted = {
      ...plain,
      ...(able('user-data') ? { userData: '#cloud-config\n' } : {}),
      ...(able('ssh-key') ? { sshKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop' } : {}),
    };
    const { vendorId, state } = await driver.create(wanted, token);
    expect(state).toBe('building');
    expect(await driver.find(order.region, token)).toMatchObject({ vendorId });
    expect(await driver.find(order.region, randomUUID())).toBeUndefined();
    const { address, zone } = await subject().becomes(vendorId, 'active');
    if (able('zones')) expect(zone).toBe(order.zone);
    expect((await fetch(`http://${address ?? ''}:8080/health`)).status).toBe(200);
    expect(await driver.list(order.region, installation)).toMatchObject([{ vendorId, placement: token }]);
    expect(await driver.list(order.region, 'another')).toEqual([]);
    await subject().gone(vendorId);
    expect(await driver.list(order.region, installation)).toEqual([]);
    expect(await subject().instances()).toEqual([]);
  });

  it('survives a second deletion, and does not know what never was', async () => {
    const { driver, order } = subject();
    const vendorId = await subject().made();
    await driver.delete(order.region, vendorId).catch((error: unknown) => {
      expect(asVendorError(error)).toMatchObject({ reason: 'conflict' });
    });
    await driver.delete(order.region, vendorId).catch((error: unknown) => {
      expect(['not-found', 'conflict']).toContain(asVendorError(error).reason);
    });
    await subject().gone(vendorId);
    expect(await driver.get(order.region, another(vendorId))).toBeUndefined();
    expect(await failureOf(driver.delete(order.region, another(vendorId)))).toMatchObject({ reason: 'not-found' });
  });

  when(able('quotas'))('says what is left of a quota, which goes down with a machine', async () => {
    const { driver, order } = subject();
    const machinesLeft = async (): Promise<number> =>
      (await driver.quotas(order.region)).find(({ of }) => of === 'machines')?.left ?? NaN;
    const before = await machinesLeft();
    expect(before).toBeGreaterThan(0);
    const vendorId = await subject().made();
    expect(await machinesLeft()).toBe(before - 1);
    await subject().gone(vendorId);
    expect(await machinesLeft()).toBe(before);
  });

  it('sells on the spot market where its manifest says so, and at no price that is too low', async () => {
    const { driver, order } = subject();
    expect((await driver.sizes(order.region)).some(({ spot }) => spot === true)).toBe(able('spot'));
    if (!able('spot')) return;
    const { order: wanted, token } = subject().wanted({ spot: { maxPrice: 1_000 } });
    const { vendorId } = await driver.create(wanted, token);
    await subject().becomes(vendorId, 'active');
    expect(await subject().instances()).toMatchObject([{ id: vendorId, market: 'spot' }]);
    await subject().gone(vendorId);
    const cheap = subject().wanted({ spot: { maxPrice: 0.0000001 } });
    expect(await failureOf(driver.create(cheap.order, cheap.token))).toMatchObject({
      reason: 'price-changed',
      outcomeUnknown: false,
    });
  });

  it('waits for a machine that takes its time', async () => {
    await subject().fault({ fault: 'slow-boot', delay_ms: 1_000, times: 1 });
    const vendorId = await subject().made();
    const seen = new Set<string>();
    await until('active', async () => {
      const state = (await subject().driver.get(subject().order.region, vendorId))?.state ?? 'unknown';
      seen.add(state);
      return state === 'active';
    });
    expect([...seen]).toEqual(['building', 'active']);
    await subject().gone(vendorId);
  });

  it('tells a boot that ends in error from one that goes on', async () => {
    await subject().fault({ fault: 'boot-error' });
    const vendorId = await subject().made();
    const fallen = await until('fallen', async () => {
      const instance = await subject().driver.get(subject().order.region, vendorId);
      return instance && instance.state !== 'building' && instance;
    });
    expect(['error', 'gone']).toContain(fallen.state);
    expect(fallen.fault).toMatchObject({ reason: 'boot-failed' });
    await subject().gone(vendorId);
  });
}
