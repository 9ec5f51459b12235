import { Histogram, register } from 'prom-client';
import { asVendorError } from './vendor-error.js';
import type { VendorDriver } from './port.js';

const metricName = 'agency_vendor_call_seconds';

/** One for the process, however many accounts it serves. */
function callSeconds(): Histogram<'account' | 'call' | 'outcome'> {
  const known = register.getSingleMetric(metricName);
  if (known) return known as Histogram<'account' | 'call' | 'outcome'>;
  return new Histogram({
    name: metricName,
    help: 'How long the calls to a vendor took, retries included, and how they ended.',
    labelNames: ['account', 'call', 'outcome'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
  });
}

/** A driver that measures every call of the one it wraps. */
export function metered(driver: VendorDriver, account: string): VendorDriver {
  const histogram = callSeconds();
  const measure = async <T>(call: string, run: () => Promise<T>): Promise<T> => {
    const end = histogram.startTimer({ account, call });
    try {
      const result = await run();
      end({ outcome: 'ok' });
      return result;
    } catch (error) {
      end({ outcome: asVendorError(error).reason });
      throw error;
    }
  };
  return {
    check: () => measure('check', () => driver.check()),
    regions: () => measure('regions', () => driver.regions()),
    zones: (region) => measure('zones', () => driver.zones(region)),
    sizes: (region) => measure('sizes', () => driver.sizes(region)),
    mapsImage: (name, architecture) => driver.mapsImage(name, architecture),
    image: (name, architecture, region) => measure('image', () => driver.image(name, architecture, region)),
    create: (order, token) => measure('create', () => driver.create(order, token)),
    find: (region, token) => measure('find', () => driver.find(region, token)),
    get: (region, vendorId) => measure('get', () => driver.get(region, vendorId)),
    list: (region, installation) => measure('list', () => driver.list(region, installation)),
    delete: (region, vendorId) => measure('delete', () => driver.delete(region, vendorId)),
    close: () => {
      driver.close();
    },
  };
}
