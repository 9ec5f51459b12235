import type { VendorModule } from '../../src/vendor/vendor-module.js';
import { until } from '../until.js';
import { type Subject, when } from './subject.js';

/** What a vendor tells of its own accord: its prices, and that it will take a machine back. */
export function telling({ abilities }: VendorModule, subject: () => Subject): void {
  const able = abilities.includes.bind(abilities);

  when(able('prices'))('tells the prices of its sizes, each in a currency', async () => {
    const { driver, order } = subject();
    const prices = await driver.prices!.list([order.region]);
    const sizes = new Set((await driver.sizes(order.region)).map(({ name }) => name));
    const own = prices.filter(({ region, size }) => (region ?? order.region) === order.region && sizes.has(size));
    expect(own.some(({ size }) => size === order.size)).toBe(true);
    for (const { price, currency } of own) {
      expect(price).toBeGreaterThan(0);
      expect(currency).toMatch(/^[A-Z]{3}$/);
    }
    expect(driver.prices!.everyMs).toBeGreaterThanOrEqual(60_000);
  });

  when(able('spot-notice'))('tells that a spot machine will be taken back', async () => {
    const { driver, order } = subject();
    const { order: wanted, token } = subject().wanted({ spot: { maxPrice: 1_000 } });
    const { vendorId } = await driver.create(wanted, token);
    await subject().becomes(vendorId, 'active');
    expect(await driver.notices!(order.region)).toEqual([]);
    await subject().testbed.ask('POST', `/control/instances/${vendorId}/interrupt`, { notice_ms: 2_000 });
    const notice = await until('told', async () => (await driver.notices!(order.region))[0]);
    expect(notice).toMatchObject({ vendorId });
    expect((await subject().becomes(vendorId, 'gone')).fault).toMatchObject({ reason: 'no-capacity' });
    expect(await driver.notices!(order.region)).toEqual([]);
  });
}
