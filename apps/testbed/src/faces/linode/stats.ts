import { metricsOf } from '../../cloud/metrics.js';
import type { Handler } from './api.js';
import { badRequest } from './errors.js';
import { findInstance } from './instances.js';

const everyMs = 300_000;

/**
 * Get Linode statistics: points `[ms, value]` of the last day, one for five minutes; processor in per cent of one core, traffic in bits and
 * blocks a second. The testbed knows the present only, and shows one point more than once a machine has run for so long.
 */
export const showStats: Handler = (call) => {
  const instance = findInstance(call);
  const size = call.cloud.size(instance.region, instance.size);
  if (instance.state !== 'running' || !size) throw badRequest('Stats are unavailable at this time.');
  const now = call.testbed.clock.now();
  const began = instance.launchedAt ?? now;
  const points = Array.from(
    { length: Math.min(288, 1 + Math.floor((now - began) / everyMs)) },
    (_, index) => now - index * everyMs,
  );
  const series = (value: (at: number) => number): [number, number][] => points.reverse().map((at) => [at, value(at)]);
  const { uptimeSeconds, ...total } = metricsOf(instance, size, now);
  const rate = (bytes: number): number => Math.round((bytes / Math.max(1, uptimeSeconds)) * 100) / 100;
  const steady = (value: number) => series(() => value);
  const none = steady(0);
  const traffic = { in: steady(rate(total.networkInBytes * 8)), out: steady(rate(total.networkOutBytes * 8)) };
  return {
    title: `linode.com - my-linode (linode${instance.id}) - day (5 min avg)`,
    data: {
      cpu: series((at) => metricsOf(instance, size, at).cpuPercent * size.vcpus),
      io: { io: steady(rate((total.diskReadBytes + total.diskWriteBytes) / 4096)), swap: none },
      netv4: { ...traffic, private_in: none, private_out: none },
      netv6: { in: none, out: none, private_in: none, private_out: none },
    },
  };
};
