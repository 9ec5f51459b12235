import { Histogram, register } from 'prom-client';
import { decorated } from './decorated.js';
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

/** A driver that measures every call of the one it wraps, and of its parts: `volumes.create`. */
export function metered(driver: VendorDriver, account: string): VendorDriver {
  const histogram = callSeconds();
  return decorated(driver, async (call, run) => {
    const end = histogram.startTimer({ account, call });
    try {
      const result = await run();
      end({ outcome: 'ok' });
      return result;
    } catch (error) {
      end({ outcome: asVendorError(error).reason });
      throw error;
    }
  });
}
