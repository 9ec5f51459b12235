import type { Observation } from '../src/sensors/observation.js';
import { SensorRecord } from '../src/sensors/sensor-record.js';

const start = Date.parse('2026-03-01T00:00:00Z');
const second = 1_000;

const observation = (change: Partial<Observation> = {}): Observation => ({
  sensor: 's',
  version: 1,
  active: true,
  period: 10 * second,
  from: new Date(start).toISOString(),
  until: null,
  aggregators: ['mean', 'percentile_95'],
  publishers: ['latest'],
  collectors: ['a', 'b'].map((collector) => ({
    collector,
    resource: collector,
    placement: collector,
    address: '127.0.0.1',
    metric: 'response_time',
    every: second,
    settings: {},
  })),
  ...change,
});
const sample = (at: number, value: number | null, collector = 'a', metric = 'response_time') => ({
  collector,
  resource: collector,
  metric,
  at: start + at * second,
  value,
  unit: 'ms',
  detail: '',
});

/** Takes samples as they come, each at its time. */
function record(samples: readonly ReturnType<typeof sample>[], of = observation()): SensorRecord {
  return new SensorRecord(of, samples);
}
const valuesAt = (of: SensorRecord, seconds: number) => {
  of.settle(start + seconds * second);
  return of.figures(start + seconds * second).values.map(({ aggregator, value, samples }) => [aggregator, value, samples]);
};

describe('a sensor’s record', () => {
  it('aggregates what was measured in a period when that is over', () => {
    const of = record([sample(1, 10), sample(2, 20), sample(3, null), sample(9, 60, 'b')]);
    expect(valuesAt(of, 9)).toEqual([]);
    expect(valuesAt(of, 10)).toEqual([
      ['mean', 30, 3],
      ['percentile_95', 60, 3],
    ]);
    expect(of.figures(start).values[0]).toMatchObject({ from: '2026-03-01T00:00:00.000Z', until: '2026-03-01T00:00:10.000Z' });
  });

  it('keeps the values of the last period in which anything was measured', () => {
    const of = record([sample(1, 10)]);
    expect(valuesAt(of, 35)).toEqual(valuesAt(of, 500));
  });

  it('aggregates each metric by itself', () => {
    const of = record([sample(1, 10), sample(2, 1, 'b', 'up')], observation({ aggregators: ['maximum'] }));
    of.settle(start + 10 * second);
    expect(of.figures(start).values.map(({ metric, value }) => [metric, value])).toEqual([
      ['response_time', 10],
      ['up', 1],
    ]);
  });

  it('keeps the values of a metric that is measured more seldom than once a period, and none of one that could not be', () => {
    const [a, b] = observation().collectors;
    const of = record(
      [sample(1, 10), sample(2, 1, 'b', 'up'), sample(12, 20)],
      observation({ aggregators: ['maximum'], collectors: [a!, { ...b!, metric: 'up' }] }),
    );
    const shownAt = (seconds: number) => {
      of.settle(start + seconds * second);
      return of.figures(start).values.map(({ metric, value, from }) => [metric, value, (Date.parse(from) - start) / second]);
    };
    expect(shownAt(20)).toEqual([
      ['up', 1, 0],
      ['response_time', 20, 10],
    ]);
    of.take(sample(21, null));
    expect(shownAt(30)).toEqual([['up', 1, 0]]);
    expect(of.figures(start).published.map(({ value }) => value)).toEqual([10, 1, 20]);

    of.revise(observation({ version: 2, aggregators: ['maximum'], collectors: [a!] }), start + 30 * second);
    of.take(sample(31, 30));
    expect(shownAt(40)).toEqual([['response_time', 30, 30]]);
  });

  it('publishes the last twenty values: those of the aggregators, or without any the latest of each collector', () => {
    const samples = Array.from({ length: 300 }, (_, index) => sample(index, index));
    const of = record(samples, observation({ aggregators: ['maximum'] }));
    expect(of.figures(start).published.map(({ value }) => value)).toEqual(
      Array.from({ length: 20 }, (_, index) => 99 + index * 10),
    );
    const bare = record([sample(1, 1), sample(2, 2), sample(3, 3, 'b')], observation({ aggregators: [] }));
    bare.settle(start + 10 * second);
    expect(bare.figures(start).published.map(({ value }) => value)).toEqual([2, 3]);
    expect(record(samples, observation({ publishers: [] })).figures(start).published).toEqual([]);
  });

  it('closes a last period that its end cuts short', () => {
    const of = record([sample(11, 5)], observation({ until: new Date(start + 12 * second).toISOString() }));
    expect(valuesAt(of, 12)).toEqual([
      ['mean', 5, 1],
      ['percentile_95', 5, 1],
    ]);
    expect(of.figures(start).values[0]?.until).toBe('2026-03-01T00:00:12.000Z');
  });

  it('shows only what its collectors measure now', () => {
    const of = record([sample(1, 10), sample(1, 20, 'b')]);
    const [a, b] = observation().collectors;
    of.revise(observation({ version: 2, collectors: [{ ...a!, metric: 'up' }, b!] }), start + 2 * second);
    expect(of.figures(start).measurements.map(({ collector }) => collector)).toEqual(['b']);
  });

  it('begins a new period when its length changes', () => {
    const of = record([sample(1, 10)]);
    of.revise(observation({ version: 2, period: 60 * second }), start + 2 * second);
    expect(of.figures(start).values[0]).toMatchObject({ value: 10, until: '2026-03-01T00:00:02.000Z' });
    of.take(sample(3, 30));
    expect(valuesAt(of, 59)[0]).toEqual(['mean', 10, 1]);
    expect(valuesAt(of, 60)[0]).toEqual(['mean', 30, 1]);
  });

  it('says the same again when it is given the same again', () => {
    const samples = Array.from({ length: 100 }, (_, index) => sample(index, index % 7, index % 2 === 0 ? 'a' : 'b'));
    const live = record([]);
    for (const one of samples) {
      live.settle(one.at);
      live.take(one);
    }
    expect(record(samples).figures(start)).toEqual(live.figures(start));
  });
});

it('makes one value for each name of what machines tell under names', () => {
  const names = ['queue', 'load'];
  const collectors = names.map((name) => ({
    ...{ collector: name, resource: 'web', placement: 'web', address: '127.0.0.1', metric: 'pushed', every: second },
    settings: { 'agency.metric.name': name },
  }));
  const of = observation({ collectors, aggregators: ['mean'] });
  const told = [sample(1, 100, 'queue', 'pushed:queue'), sample(2, 0.5, 'load', 'pushed:load')];
  const { measurements, values } = record([...told, sample(11, 3, 'queue', 'pushed:queue')], of).figures(start + 12 * second);
  expect(measurements.map(({ metric, value }) => [metric, value])).toEqual([
    ['pushed:queue', 3],
    ['pushed:load', 0.5],
  ]);
  expect(values.map(({ metric, value }) => [metric, value])).toEqual([
    ['pushed:queue', 100],
    ['pushed:load', 0.5],
  ]);
  const renamed = observation({
    ...of,
    collectors: collectors.map((one) => ({ ...one, settings: { 'agency.metric.name': 'other' } })),
  });
  expect(record(told, renamed).figures(start + 5 * second).measurements).toEqual([]);
});
