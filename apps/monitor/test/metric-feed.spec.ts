import type { MetricSample, SampleSource } from '@cloud-agency/bus';
import { businessMeasurements } from '../src/meters/business-values.js';
import { Machines } from '../src/meters/machines.js';
import { MetricBoard } from '../src/meters/metric-board.js';
import { scrapeMeter } from '../src/meters/scrape-meter.js';
import { MetricFeed } from '../src/meters/metric-feed.js';
import { vendorMeasurements } from '../src/meters/vendor-samples.js';
import { ManualClock } from './manual-clock.js';

const start = 1_700_000_000_000;

function feeding() {
  const taken: [SampleSource, MetricSample][] = [];
  const machines = new Machines();
  const board = new MetricBoard();
  const clock = new ManualClock(start);
  const intake = {
    take: (source: SampleSource, samples: readonly MetricSample[]) => {
      taken.push(...samples.map((one) => [source, one] as [SampleSource, MetricSample]));
      feed.note(
        source,
        samples.map((sample) => ({ ...sample, value: sample.value ?? NaN })),
      );
    },
  };
  const feed: MetricFeed = new MetricFeed({ clock, board, machines, intake });
  return { taken, machines, board, clock, feed };
}
const iso = (ms: number): string => new Date(ms).toISOString();

it('makes samples of what vendors tell, of the resource that the machine carries', () => {
  const { feed, machines, taken, board } = feeding();
  machines.stand('shop', [{ placement: 'p-1', resource: 'web' }]);
  const told = (placement: string, memory?: number) =>
    vendorMeasurements({
      agent: 'campus',
      placement,
      ...(memory === undefined ? {} : { memory }),
      readings: [
        { metric: 'memory', at: iso(start), value: 1 },
        { metric: 'cpu', at: iso(start - 60_000), value: 0.4 },
      ],
    });
  feed.tell('vendor', told('p-1', 4));
  feed.tell('vendor', told('p-2'));
  const of = { resource: 'web', placement: 'p-1' };
  expect(taken).toEqual([
    ['vendor', { ...of, metric: 'cpu_utilisation', at: start - 60_000, value: 0.4 }],
    ['vendor', { ...of, metric: 'memory_used', at: start, value: 1 }],
    ['vendor', { ...of, metric: 'memory_utilisation', at: start, value: 0.25 }],
  ]);
  expect(board.latest('p-2', 'vendor', 'cpu_utilisation')?.value).toBe(0.4);
  expect(board.latest('p-2', 'vendor', 'memory_utilisation')).toBeUndefined();
});

it('keeps what others tell apart by who told it, and makes samples of what is paid', () => {
  const { feed, machines, taken, board } = feeding();
  machines.stand('shop', [{ placement: 'p-1', resource: 'web' }]);
  feed.tell(
    'business',
    businessMeasurements({ agent: 'campus', at: iso(start), machines: [{ placement: 'p-1', price: 0.1, carbon: 50 }] }),
  );
  feed.note('resource', [{ placement: 'p-1', metric: 'price', at: start, value: 7 }]);
  expect(taken.map(([source, { metric, value }]) => [source, metric, value])).toEqual([
    ['business', 'price', 0.1],
    ['business', 'carbon', 50],
  ]);
  expect(board.latest('p-1', 'business', 'price')?.value).toBe(0.1);
  expect(board.latest('p-1', 'resource', 'price')?.value).toBe(7);
});

it('keeps what a machine sends apart from what is read at its endpoints', () => {
  const { feed, board } = feeding();
  const told = { placement: 'p-1', metric: 'queue', at: start };
  feed.note('resource', [
    { ...told, value: 1 },
    { ...told, value: 2, meter: scrapeMeter(0) },
  ]);
  feed.note('resource', [{ ...told, at: start + 1, value: 3, meter: scrapeMeter(1) }]);
  expect(board.latest('p-1', 'resource', 'queue')?.value).toBe(1);
  expect(board.latest('p-1', 'scraped', 'queue')?.value).toBe(3);
});

it('makes a metric of the difference between what the client and the vendor measure', () => {
  const { feed, machines, taken, board } = feeding();
  machines.stand('shop', [{ placement: 'p-1', resource: 'web' }]);
  const reading = (at: number, value: number) =>
    vendorMeasurements({ agent: 'campus', placement: 'p-1', readings: [{ metric: 'cpu', at: iso(at), value }] });
  feed.tell('vendor', reading(start, 0.5));
  feed.note('resource', [{ placement: 'p-1', metric: 'cpu_utilisation', at: start + 5_000, value: 0.75 }]);
  expect(taken.at(-1)).toEqual([
    'probe',
    { resource: 'web', placement: 'p-1', metric: 'cpu_utilisation.difference', at: start, value: 0.25 },
  ]);
  expect(board.latest('p-1', 'probe', 'cpu_utilisation.difference')).toEqual({ at: start, value: 0.25 });
});

it('knows which resource a machine carries through every change of agreements', () => {
  const machines = new Machines();
  machines.stand('one', [{ placement: 'p-1', resource: 'web' }]);
  machines.stand('two', [{ placement: 'p-1', resource: 'web' }]);
  machines.leave('one');
  expect(machines.resourceOf('p-1')).toBe('web');
  machines.stand('two', [{ placement: 'p-2', resource: 'web' }]);
  expect(machines.resourceOf('p-1')).toBeUndefined();
  expect(machines.resourceOf('p-2')).toBe('web');
});
