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

/** Begins to measure a call; what it gives back ends it with the outcome. */
type Timer = (call: string) => (outcome: string) => void;

/** A driver that measures every call of the one it wraps, and of its parts: `volumes.create`. */
export function metered(driver: VendorDriver, account: string): VendorDriver {
  const histogram = callSeconds();
  return measured(driver, '', (call) => {
    const end = histogram.startTimer({ account, call });
    return (outcome) => end({ outcome });
  });
}

/** Only what answers later is a call to the vendor; whatever answers at once is handed on as it is. */
function measured<T extends object>(target: T, prefix: string, timer: Timer): T {
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(_, name) {
      if (!wrapped.has(name)) wrapped.set(name, wrap(Reflect.get(target, name), `${prefix}${String(name)}`));
      return wrapped.get(name);
    },
  });

  function wrap(member: unknown, path: string): unknown {
    if (typeof member === 'object' && member !== null) return measured(member, `${path}.`, timer);
    if (typeof member !== 'function') return member;
    return (...args: unknown[]): unknown => {
      const end = timer(path);
      const result: unknown = Reflect.apply(member, target, args);
      return result instanceof Promise ? ending(result, end) : result;
    };
  }
}

async function ending<T>(call: Promise<T>, end: (outcome: string) => void): Promise<T> {
  try {
    const result = await call;
    end('ok');
    return result;
  } catch (error) {
    end(asVendorError(error).reason);
    throw error;
  }
}
