import { type Reading, probeHttp } from './http-probe.js';
import type { MetricMeter, MetricTask } from './metric.js';
import { targetUrl } from './target-url.js';

/** How long a GET takes until the whole answer is there; an answer that is no success has none. */
export const responseTime: MetricMeter = {
  unit: 'ms',
  async measure(task) {
    const { milliseconds, detail } = await get(task);
    return { value: milliseconds, detail };
  },
};

/** The GET that a collector's `agency.metric.http` asks for. The template names no host but the machine's: the front has seen to that. */
export async function get({ address, settings, ...probe }: MetricTask): Promise<Reading> {
  return await probeHttp({ url: targetUrl(String(settings['agency.metric.http']), address), ...probe });
}
