import type { VendorModule } from '../../src/vendor/vendor-module.js';
import { failureOf, installation, type Subject } from './subject.js';

/** What no document of a protocol promises, and every cloud does one day. */
export function oddities(_: VendorModule, subject: () => Subject): void {
  it('reads lists that come in pages', async () => {
    const { driver, order } = subject();
    const sizes = (await driver.sizes(order.region)).map(({ name }) => name);
    const machines = await Promise.all([subject().made(), subject().made(), subject().made()]);
    await subject().fault({ fault: 'short-pages' });
    const listed = await driver.list(order.region, installation);
    expect(listed.map(({ vendorId }) => vendorId).sort()).toEqual([...machines].sort());
    if (sizes.length < 100) {
      expect((await subject().connect().sizes(order.region)).map(({ name }) => name).sort()).toEqual([...sizes].sort());
      expect(await subject().connect().image('debian-12', 'x64', order.region)).toBe(order.image);
    }
    await subject().testbed.clearFaults();
    await Promise.all(machines.map((machine) => subject().gone(machine)));
  });

  it('does not know a machine that the cloud has lost', async () => {
    const { driver, order } = subject();
    const { vendorId } = await subject().running();
    await subject().testbed.ask('POST', `/control/instances/${encodeURIComponent(vendorId)}/vanish`);
    expect(await driver.get(order.region, vendorId)).toBeUndefined();
    expect(await failureOf(driver.delete(order.region, vendorId))).toMatchObject({ reason: 'not-found' });
    expect(await driver.list(order.region, installation)).toEqual([]);
  });

  it('takes a machine in a state that nobody knows for neither gone nor lost', async () => {
    const { driver, order } = subject();
    const { vendorId } = await subject().running();
    const show = async (state: string | null): Promise<unknown> =>
      await subject().testbed.ask('POST', `/control/instances/${encodeURIComponent(vendorId)}/state`, { state });
    for (const state of ['MELTING', '97']) {
      await show(state);
      expect(await driver.get(order.region, vendorId)).toMatchObject({ vendorId, fault: null });
      expect(['building', 'active', 'inactive']).toContain((await driver.get(order.region, vendorId))?.state);
      expect(await driver.list(order.region, installation)).toMatchObject([{ vendorId }]);
    }
    await show(null);
    await subject().gone(vendorId);
  });

  it.each(['malformed', 'wrong-content-type'] as const)('does not take a %s answer for one', async (fault) => {
    const { driver, order } = subject();
    const { vendorId } = await subject().running();
    await subject().fault({ fault });
    for (const call of [driver.get(order.region, vendorId), driver.list(order.region, installation), driver.sizes(order.region)])
      expect(await failureOf(call)).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
    await subject().testbed.clearFaults();
    await subject().gone(vendorId);
  });
}
