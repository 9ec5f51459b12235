import { randomUUID } from 'node:crypto';
import type { Instance, InstanceState, MachineOperations } from '../../src/vendor/port.js';
import type { VendorModule } from '../../src/vendor/vendor-module.js';
import { until } from '../until.js';
import { failureOf, repeated, type Subject, when } from './subject.js';

/** What can be asked of a machine that exists. */
export function operations({ abilities }: VendorModule, subject: () => Subject): void {
  const able = abilities.includes.bind(abilities);
  const operationsOf = (): MachineOperations => subject().driver.operations!;
  let machine: string;

  beforeAll(async () => {
    machine = (await subject().running()).vendorId;
  });
  afterAll(async () => {
    await subject().gone(machine);
  });

  const becomes = async (state: InstanceState): Promise<Instance> => await subject().becomes(machine, state);
  /** A cloud may call it running before its system is up again. */
  const answers = async ({ address }: Instance): Promise<boolean> =>
    await until(
      'answered',
      async () =>
        await fetch(`http://${address ?? ''}:8080/health`).then(
          ({ ok }) => ok,
          () => false,
        ),
    );

  it('has the parts that its manifest names', () => {
    const { driver } = subject();
    const some = (['start-stop', 'restart', 'suspend', 'resize', 'save', 'console'] as const).some(able);
    expect(driver.operations !== undefined).toBe(some);
    expect(driver.operations?.console !== undefined).toBe(able('console'));
    expect(driver.volumes !== undefined).toBe(able('volumes'));
    expect(driver.networks !== undefined).toBe(able('networks'));
    expect(driver.addresses !== undefined).toBe(able('addresses'));
    expect(driver.prices !== undefined).toBe(able('prices'));
    expect(driver.metrics !== undefined).toBe(able('metrics'));
    expect(driver.notices !== undefined).toBe(able('spot-notice'));
  });

  when(able('start-stop'))('stops a machine and starts it again, at an address that answers', async () => {
    const { region } = subject().order;
    await operationsOf().act(region, machine, 'stop', false);
    await becomes('inactive');
    await operationsOf().act(region, machine, 'start', false);
    expect(await answers(await becomes('active'))).toBe(true);
  });

  when(able('restart'))('restarts a machine, which is active again after that', async () => {
    await operationsOf().act(subject().order.region, machine, 'restart', true);
    expect(await answers(await becomes('active'))).toBe(true);
  });

  it('suspends a machine and resumes it, or says that it cannot', async () => {
    const { driver, order } = subject();
    if (!driver.operations) return;
    const asked = driver.operations.act(order.region, machine, 'suspend', false);
    if (!able('suspend')) {
      expect(await failureOf(asked)).toMatchObject({ reason: 'invalid-request' });
      return;
    }
    await asked;
    await becomes('suspended');
    await operationsOf().act(order.region, machine, 'resume', false);
    await becomes('active');
  });

  when(able('resize'))('gives a machine another size and its own one back; it runs again, and is shown as no other', async () => {
    const { driver, order } = subject();
    const sizes = await driver.sizes(order.region);
    const own = sizes.find(({ name }) => name === order.size);
    const other = sizes.find(
      ({ name, architecture, zones, disk }) => name !== order.size && architecture === 'x64' && !zones && disk === own?.disk,
    );
    const another =
      other ?? sizes.find(({ name, architecture, zones }) => name !== order.size && architecture === 'x64' && !zones)!;
    for (const size of [another.name, order.size]) {
      await repeated(`it is a ${size}`, async () => await operationsOf().resize(order.region, machine, size));
      await becomes('active');
      expect(await subject().instances()).toMatchObject([{ id: machine, type: size }]);
    }
    const impossible = repeated('nothing', async () => await operationsOf().resize(order.region, machine, 'no-such-size'));
    expect((await failureOf(impossible)).passing).toBe(false);
    await repeated('it has its old size', async () => await operationsOf().resize(order.region, machine, order.size));
    await becomes('active');
  });

  when(able('save'))('makes one image of a machine, however often it is asked, and machines of that image', async () => {
    const { driver } = subject();
    const token = randomUUID();
    const save = async () => await operationsOf().save(subject().order.region, machine, { name: 'golden', token });
    const first = await save();
    const saved = await repeated('the image is made', async () => {
      const image = await save();
      return image.state === 'active' && image;
    });
    expect(saved.vendorId).toBe(first.vendorId);
    await becomes('active');
    const { order, token: other } = subject().wanted({ image: saved.vendorId });
    const { vendorId } = await driver.create(order, other);
    await subject().becomes(vendorId, 'active');
    await subject().gone(vendorId);
  });

  when(able('console'))('shows what the machine wrote to its console', async () => {
    const { region } = subject().order;
    const shown = await until('written', async () => (await operationsOf().console?.(region, machine)) || undefined);
    expect(shown).toContain(machine);
  });

  when(able('addresses'))('gives a machine one public address of its own, and takes it back', async () => {
    const { driver, order } = subject();
    const addresses = driver.addresses!;
    const token = randomUUID();
    const first = await repeated('assigned', async () => await addresses.assign(order.region, machine, token));
    expect(await repeated('found', async () => await addresses.assign(order.region, machine, token))).toEqual(first);
    expect(first.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    for (let times = 0; times < 2; times += 1)
      await repeated('released', async () => {
        await addresses.release(order.region, first.vendorId);
        return true;
      });
  });

  when(able('metrics'))('tells what the vendor measures of it', async () => {
    const { driver, order } = subject();
    const readings = await until('measured', async () => {
      const found = await driver.metrics!.read(order.region, machine, Date.now() - 3_600_000);
      return found && found.length > 0 && found;
    });
    for (const { metric, value, at, total } of readings) {
      expect(value).toBeGreaterThanOrEqual(0);
      if (metric === 'cpu' && !total) expect(value).toBeLessThanOrEqual(1);
      expect(Math.abs(Date.now() - at)).toBeLessThan(3_600_000);
    }
    expect(await driver.metrics!.read(order.region, machine, Date.now() + 3_600_000)).toEqual([]);
  });
}
