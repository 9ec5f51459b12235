import fc from 'fast-check';

/** Guarantees of every shape that the Agency assesses, as a call document has them, of the items web and other, which are probed. */
const optional = <T>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }, ...required: (keyof T)[]) =>
  fc.record(record, { requiredKeys: required });
const ms = fc.integer({ min: 100_000, max: 3_000_000 }).map((value) => `${value} ms`);
const share = fc.double({ min: 0, max: 1, noNaN: true }).map(String);
const rolling = fc.record({ over: fc.oneof(ms, fc.constantFrom('30 d', '1 h')) });
const calendar = optional(
  {
    over: fc.constantFrom('day', 'week', 'month', 'quarter'),
    time_zone: fc.constantFrom('Europe/Paris', 'America/New_York', 'UTC'),
  },
  'over',
);

const conditions = optional({
  during: fc.constantFrom('Mon-Fri 08:00-20:00 Europe/Paris', 'Fri 22:00-06:00; Sat,Sun', '00:30-23:00'),
  holidays: fc.subarray(['2026-12-25', '2027-01-01']),
  except: fc.constantFrom('Sun 02:00-04:00 Europe/Paris', [
    { from: '2026-06-01T00:00:00+02:00', until: '2026-06-01T04:00:00Z' },
    'Mon 00:00-00:30',
  ]),
  when: fc.constantFrom('cpu_utilisation < 0.8', 'load < 5 && disk_utilisation <= 0.9', {
    holds: 'cpu_utilisation < 0.5',
    by: 'resource',
  }),
  missing: fc.constantFrom('fails', 'passes', 'unknown', { as: 'fails', after: '90 s' }),
  recover: fc.constantFrom({ margin: '10 %' }, { after: '10 min' }, { margin: 0.125, after: '90500 ms' }),
  horizon: ms,
});
const least = optional({
  least: fc.integer({ min: 1, max: 8 }),
  slices: fc.constantFrom({ each: '10 s' }, { each: '10500 ms', at_least: '99.5 %' }),
});

const put = <A, B>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>) => fc.tuple(a, b).map(([one, other]) => ({ ...one, ...other }));
const of = fc.constantFrom('web', 'other');

const byTime = fc.oneof(
  fc.record({ term: fc.constant('availability'), of, at_least: fc.constantFrom('99.9 %', '95 %') }),
  fc.record({
    term: fc.constant('availability'),
    of: fc.constant('web'),
    as: fc.constant('group'),
    min_up: fc.constant(1),
    at_least: share,
  }),
);
const byRequests = fc.record({
  term: fc.constant('availability'),
  counted: fc.constant('requests'),
  of,
  as: fc.constantFrom('each', 'group'),
  by: fc.constantFrom('probe', 'resource', 'vendor'),
  at_least: share,
});
const bounds = fc.constantFrom<Readonly<Record<string, string>>>(
  { at_most: '85 %' },
  { at_least: '5 %' },
  { at_least: '5 %', at_most: '85 %' },
);
const utilised = put(
  optional(
    {
      term: fc.constantFrom('cpu_utilisation', 'memory_utilisation', 'disk_utilisation'),
      of,
      as: fc.constantFrom('each', 'group'),
      by: fc.constantFrom('vendor', 'resource'),
      statistic: fc.constantFrom('mean', 'minimum', 'maximum'),
    },
    'term',
    'of',
  ),
  bounds,
);
const timed = fc.oneof(
  fc.record({
    term: fc.constant('response_time'),
    of,
    percentile: fc.double({ min: 1, max: 100, noNaN: true }),
    at_most: ms,
  }),
  fc.record({ term: fc.constant('response_time'), of, statistic: fc.constantFrom('mean', 'maximum'), at_most: ms }),
);
const counted = fc.oneof(
  optional(
    { term: fc.constant('throughput'), of, metric: fc.constant('orders'), at_least: fc.constant('50 /s') },
    'term',
    'of',
    'at_least',
  ),
  fc.record({ term: fc.constant('error_rate'), of, as: fc.constant('group'), at_most: share }),
  fc.record({ term: fc.constant('expression'), of, value: fc.constant('errors / max(requests, 1)'), at_most: fc.constant(0.01) }),
  fc.record({
    term: fc.constant('metric'),
    of,
    metric: fc.constant('queue.length'),
    percentile: fc.constant(99),
    at_most: fc.constant(12.5),
  }),
  fc.record({
    term: fc.constant('metric'),
    of,
    metric: fc.constant('price'),
    statistic: fc.constant('maximum'),
    at_most: fc.constant('0.2 USD/h'),
  }),
);

export const guaranteeDocuments = fc.oneof(
  put(put(byTime, fc.oneof(rolling, calendar)), conditions),
  put(put(put(fc.oneof(byRequests, utilised, timed, counted), fc.oneof(rolling, calendar)), conditions), least),
);
