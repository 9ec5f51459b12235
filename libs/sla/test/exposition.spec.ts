import { Counters, metricValues, readOpenMetrics, type SeriesValue } from '@cloud-agency/sla';
import fc from 'fast-check';

const read = (text: string) => readOpenMetrics(text, { seconds: true });
const told = (counters: Counters, now: number, text: string, choices?: Parameters<typeof metricValues>[2]) =>
  Object.fromEntries(
    metricValues(read(text).series, { of: 'web', counters, now }, choices).map(({ metric, value }) => [metric, value]),
  );

describe('an exposition', () => {
  it('is read with its labels, escapes, times, exemplars and kinds', () => {
    const { series, wrong } = read(
      [
        '# HELP http_requests What was asked',
        '# TYPE http_requests counter',
        String.raw`http_requests_total{code="200",path="/a\"b\\c\n"} 12 1700000000.5 # {trace="x"} 1`,
        'http_requests_created{code="200"} 1699999999',
        'load 0.5',
        'up{} 1',
        'temperature NaN',
        '# EOF',
        'after 1',
      ].join('\n'),
    );
    expect(wrong).toBeUndefined();
    expect(series).toEqual([
      {
        name: 'http_requests_total',
        labels: { code: '200', path: '/a"b\\c\n' },
        kind: 'counter',
        value: 12,
        at: 1_700_000_000_500,
      },
      { name: 'load', labels: {}, kind: 'gauge', value: 0.5 },
      { name: 'up', labels: {}, kind: 'gauge', value: 1 },
    ]);
    expect(readOpenMetrics('load 1 1700000000500', { seconds: false }).series[0]?.at).toBe(1_700_000_000_500);
  });

  it('passes over when a counter was made, and keeps gauges that are called so', () => {
    const text =
      '# TYPE done counter\ndone_total 1\ndone_created 5\n# TYPE pod_created gauge\npod_created{pod="a"} 7\nbare_created 8\n';
    expect(read(text).series.map(({ name }) => name)).toEqual(['done_total', 'pod_created', 'bare_created']);
  });

  it('is whole by its end, where it has to have one', () => {
    expect(read('a 1\n# EOF').isWhole).toBe(true);
    expect(read('a 1\n').isWhole).toBe(false);
    expect(readOpenMetrics('a 1', { seconds: false }).isWhole).toBe(true);
  });

  it('says which line cannot be read, and keeps the others', () => {
    expect(read('a 1\nb{ 2\nc one\nd 4')).toMatchObject({
      series: [{ name: 'a' }, { name: 'd' }],
      wrong: { line: 2, text: 'b{ 2', count: 2 },
    });
  });

  it.each([
    [
      'nothing but blanks',
      `name${' '.repeat(1_000_000)}x\n${'name {a="'.repeat(100_000)}\n${`${'y '.repeat(4_000)}\n`.repeat(100)}`,
    ],
    ['one exemplar after another', `a 1${'#'.repeat(4_000_000)}\u2028x`],
    ['lines of exemplars', `a 1${'#'.repeat(8_000)}\u2028x\n`.repeat(500)],
  ])('of %s takes no longer than another of its length', (_, text) => {
    const begun = performance.now();
    read(text);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it.each([
    ['values', 'a 1\n'.repeat(1_000_000)],
    ['lines that say nothing', '\n'.repeat(4_000_000)],
    ['lines that cannot be read', 'x\n'.repeat(2_000_000)],
  ])('with too many %s is read no further', (_, text) => {
    const begun = performance.now();
    expect(read(text)).toMatchObject({ series: [], isTooLong: true });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('keeps a label apart whatever its name', () => {
    expect(read('a{__proto__="x"} 1').series.map(({ labels }) => JSON.stringify(labels))).toEqual(['{"__proto__":"x"}']);
  });
});

describe('the counters of a resource', () => {
  const counter = (n: number, value: number): SeriesValue => ({
    name: 'orders',
    labels: { n: String(n) },
    kind: 'counter',
    value,
  });

  it('are followed however many of them another tells', () => {
    const counters = new Counters();
    counters.growth('victim', counter(0, 1), 0);
    for (let n = 0; n < 15_000; n += 1) counters.growth('flood', counter(n, 1), 1);
    counters.forget(1);
    expect(counters.growth('victim', counter(0, 5), 2)).toBe(4);
  });

  it('are those ten thousand that it told last', () => {
    const counters = new Counters();
    for (let n = 0; n <= 10_000; n += 1) counters.growth('web', counter(n, 1), 0);
    expect([0, 10_000].map((n) => counters.growth('web', counter(n, 3), 1))).toEqual([0, 2]);
  });

  it('are fewer where their labels are long', () => {
    const counters = new Counters();
    const long = (n: number, value: number) => ({ ...counter(n, value), labels: { n: String(n), long: 'x'.repeat(8_000) } });
    for (let n = 0; n < 1_000; n += 1) counters.growth('web', long(n, 1), 0);
    expect([999, 0].map((n) => counters.growth('web', long(n, 3), 1))).toEqual([2, 0]);
  });
});

describe('the metrics of a resource', () => {
  it('are the sums of their series, unless they are chosen by label and combined otherwise', () => {
    const text = 'temperature{room="a"} 20\ntemperature{room="b"} 30';
    const as = (combine: 'mean' | 'max') => [{ as: 'warmth', series: 'temperature', labels: {}, combine }];
    expect(told(new Counters(), 0, text)).toEqual({ temperature: 50 });
    expect(told(new Counters(), 0, text, as('mean'))).toEqual({ warmth: 25 });
    expect(told(new Counters(), 0, text, as('max'))).toEqual({ warmth: 30 });
    const only = [{ as: 'a', series: 'temperature', labels: { room: 'a' }, combine: 'sum' as const }];
    expect(told(new Counters(), 0, text, only)).toEqual({ a: 20 });
  });

  it('are not more for a series that stands twice', () => {
    expect(told(new Counters(), 0, 'queue{at="a"} 5\nqueue{at="b"} 1\nqueue{at="a"} 5')).toEqual({ queue: 6 });
  });

  it('follow counters in the order of their times', () => {
    const counters = new Counters();
    told(counters, 0, 'done_total 10 1');
    expect(told(counters, 9_000, 'done_total 3 9\ndone_total 15 5')).toEqual({ done_total: 8 });
  });

  it('count on over a counter that began again, and not what was there before it was followed', () => {
    const counters = new Counters();
    expect(told(counters, 0, 'requests_total{at="a"} 1000\nrequests_total{at="b"} 5')).toEqual({ requests_total: 0 });
    expect(told(counters, 1_000, 'requests_total{at="a"} 1010\nrequests_total{at="b"} 6')).toEqual({ requests_total: 11 });
    expect(told(counters, 2_000, 'requests_total{at="a"} 3\nrequests_total{at="b"} 6')).toEqual({ requests_total: 14 });
    expect(told(counters, 400_000, 'requests_total{at="a"} 900\nrequests_total{at="b"} 9')).toEqual({ requests_total: 0 });
  });

  it('have the percentiles of a histogram, of what came since the last one', () => {
    const counters = new Counters();
    const at = (small: number, middle: number, all: number) =>
      `# TYPE took histogram\ntook_bucket{le="1"} ${small}\ntook_bucket{le="2"} ${middle}\ntook_bucket{le="+Inf"} ${all}\ntook_count ${all}\ntook_sum 7`;
    expect(told(counters, 0, at(100, 100, 100))).toEqual({ took_count: 0, took_sum: 0 });
    expect(told(counters, 1_000, at(150, 200, 200))).toMatchObject({ took_count: 100, took_p50: 1, took_p95: 1.9 });
    expect(told(counters, 2_000, at(150, 200, 210))).toMatchObject({ took_p50: 2, took_p99: 2 });
  });

  it('have the percentiles of histograms whose buckets differ', () => {
    const counters = new Counters();
    const at = (few: number, many: number) =>
      `took_bucket{of="a",le="1"} ${few}\ntook_bucket{of="a",le="2"} ${few}\ntook_bucket{of="b",le="10"} 0\ntook_bucket{of="b",le="20"} ${many}`;
    const read = (few: number, many: number, now: number) => told(counters, now, `# TYPE took histogram\n${at(few, many)}\n`);
    read(0, 0, 0);
    expect(read(10, 90, 1_000)).toMatchObject({ took_p50: 10 + (10 * 40) / 90, took_p99: 10 + (10 * 89) / 90 });
  });

  it('have those of a summary as it says them', () => {
    const text = 'took{quantile="0.95",a="x"} 3\ntook{quantile="0.95",a="y"} 4\ntook{quantile="0.9"} 1';
    expect(told(new Counters(), 0, text)).toMatchObject({ took_p95: 4 });
  });
});

it('a counter comes to what it grew by, whenever it begins again, and whatever is told twice or late', () => {
  const steps = fc.array(fc.record({ by: fc.nat(100), again: fc.boolean(), twice: fc.boolean(), late: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.nat(1000), steps, (first, grows) => {
      const counters = new Counters();
      let [raw, expected, at] = [first, 0, 1_000];
      const tell = (value: number, when: number): number | undefined => {
        const series: SeriesValue = { name: 'c', labels: {}, kind: 'counter', value, at: when };
        return metricValues([series], { of: 'web', counters, now: at })[0]?.value;
      };
      tell(raw, at);
      for (const { by, again, twice, late } of grows) {
        at += 1_000;
        // One that begins again below where it was is all that can be seen.
        const before = raw;
        raw = again ? Math.min(by, Math.max(0, before - 1)) : raw + by;
        expected += raw >= before ? raw - before : raw;
        expect(tell(raw, at)).toBe(expected);
        if (twice) expect(tell(raw, at)).toBe(expected);
        if (late) expect(tell(7, at - 500)).toBeUndefined();
      }
    }),
  );
});
