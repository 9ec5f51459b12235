import type { MetricSample } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import { urlAt } from '@cloud-agency/probes';
import { Counters, metricValues, readOpenMetrics, type Scrape, type SeriesValue } from '@cloud-agency/sla';
import axios from 'axios';
import type { Target } from '../assessor/sample.js';
import { startMeter } from './meter.js';
import { scrapeMeter } from './scrape-meter.js';

export interface ScrapeMeterOptions {
  readonly clock: Clock;
  /** Spreads the scrapes over their period. */
  readonly name: string;
  readonly target: Target;
  readonly scrape: Scrape;
  /** Of the scrape in the agreement. */
  readonly index: number;
  readonly sink: { take(source: 'resource', samples: readonly MetricSample[]): void };
}

const mostBytes = 4 * 1024 * 1024;
const openMetricsType = 'application/openmetrics-text';
const accepted = `${openMetricsType};version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`;

/**
 * Reads an endpoint of a machine that speaks OpenMetrics, for as long as the machine is watched, and hands on what its chosen series come to.
 * What is not answered, cannot be read, is cut off or is too long (`readOpenMetrics`) is no sample: it is missing. The returned function ends it.
 */
export function startScrape({ clock, name, target, scrape, index, sink }: ScrapeMeterOptions): () => void {
  const { resource, placement, address } = target;
  const url = urlAt(scrape.url, address);
  const counters = new Counters();
  return startMeter({
    clock,
    name,
    every: scrape.every,
    measure: (signal) => scraped(url, scrape.timeout, signal),
    onReading: (now, series) => {
      const of = { resource, placement, meter: scrapeMeter(index) };
      const values = metricValues(series, { of: placement, counters, now }, scrape.metrics);
      if (values.length > 0)
        sink.take(
          'resource',
          values.map((value) => ({ ...of, ...value })),
        );
    },
  });
}

async function scraped(url: string, timeout: number, signal: AbortSignal): Promise<readonly SeriesValue[]> {
  try {
    const { data, headers } = await axios.get<string>(url, {
      ...{ maxContentLength: mostBytes, maxRedirects: 0, proxy: false },
      // Of everything, an answer that comes in drops included.
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      headers: { Accept: accepted },
      responseType: 'text',
      transformResponse: (text: string) => text,
    });
    const seconds = String(headers['content-type']).toLowerCase().startsWith(openMetricsType);
    const { series, isWhole } = readOpenMetrics(data, { seconds });
    return isWhole ? series : [];
  } catch {
    return [];
  }
}
