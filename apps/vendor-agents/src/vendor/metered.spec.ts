import { register } from 'prom-client';
import { metered } from './metered.js';
import type { VendorDriver, VolumeDriver } from './port.js';
import { VendorError } from './vendor-error.js';

/** Methods as a driver's are: of a class, needing their `this`. */
class Disks {
  private readonly zone = 'a';

  get(_: string, vendorId: string): ReturnType<VolumeDriver['get']> {
    return Promise.resolve({ vendorId, state: 'available', zone: this.zone, machine: null, device: null });
  }

  delete(): Promise<void> {
    return Promise.reject(new VendorError('conflict', 'it is attached'));
  }
}

class Cloud {
  readonly volumes = new Disks();
  closed = false;

  check = (): Promise<void> => Promise.resolve();

  mapsImage(name: string): boolean {
    return name === 'debian-12';
  }

  close(): void {
    this.closed = true;
  }
}

const outcomes = async (): Promise<string[]> => {
  const { values } = (await register.getSingleMetric('agency_vendor_call_seconds')?.get()) ?? { values: [] };
  return values
    .filter(({ labels }) => labels.account === 'test' && labels.le === '+Inf')
    .map(({ labels }) => `${labels.call ?? ''} ${labels.outcome ?? ''}`)
    .sort();
};

it('measures the calls of a driver and of its parts, by how they end, and nothing else', async () => {
  const cloud = new Cloud();
  const driver = metered(cloud as unknown as VendorDriver, 'test');
  await driver.check();
  await expect(driver.volumes?.get('here', 'vol-1')).resolves.toMatchObject({ vendorId: 'vol-1', zone: 'a' });
  await expect(driver.volumes?.delete('here', 'vol-1')).rejects.toMatchObject({ reason: 'conflict' });
  expect(driver.mapsImage('debian-12', null)).toBe(true);
  expect(driver.networks).toBeUndefined();
  driver.close();
  expect(cloud.closed).toBe(true);
  await expect(outcomes()).resolves.toEqual(['check ok', 'volumes.delete conflict', 'volumes.get ok']);
});
