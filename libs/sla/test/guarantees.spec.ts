/** What guarantees promise, by example; docs/guarantees.md says it in words. */
import type { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { evaluatorOf, type Guarantee, parseCall, type Verdict } from '../src/index.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-03-02T00:00:00Z');

const call = (
  guarantee: string,
  probe = '{ of: web, http: "http://{address}/", every: 10 s }',
): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 } }
probes: [${probe}]
guarantees:
  - ${guarantee}
`;

function guaranteeOf(written: string): Guarantee {
  const [guarantee] = parseCall(call(written)).call.guarantees;
  if (!guarantee) throw new Error('no guarantee');
  return guarantee;
}

/** One machine, measured every so often for so long; what is said of it each time. */
function replay(
  written: string,
  every: number,
  length: number,
  measure: (elapsed: number) => readonly (number | undefined)[],
): Verdict[] {
  const guarantee = guaranteeOf(written);
  const evaluator = evaluatorOf(guarantee, { state: 'undefined', failures: new Map([[0, 2]]) });
  const first = evaluator.join('web-1', start);
  const verdicts: Verdict[] = [];
  for (let elapsed = every; elapsed <= length; elapsed += every) {
    measure(elapsed).forEach((value, series) => {
      if (value !== undefined) evaluator.take(first + series, start + elapsed, value);
    });
    verdicts.push(evaluator.assess(start + elapsed));
  }
  return verdicts;
}

/** The states that it went through, and how many minutes after the start. */
const story = (verdicts: readonly Verdict[], every: number): string[] =>
  verdicts.flatMap(({ state }, place) =>
    state === verdicts[place - 1]?.state ? [] : [`${String(((place + 1) * every) / minute)} min ${state}`],
  );

describe('availability by time', () => {
  it('counts business hours only, and allows a share of those', () => {
    const written =
      '{ term: availability, of: web, at_least: 95 %, over: week, time_zone: Europe/Paris, during: "Mon-Fri 08:00-18:00 Europe/Paris" }';
    const nightOutage = replay(written, minute, day, (elapsed) => [elapsed < 5 * hour ? 0 : 1]);
    expect(nightOutage.at(-1)).toMatchObject({ state: 'fulfilled', measured: 100, budget: { allowance: 2.5 * hour, spent: 0 } });
    const dayOutage = replay(written, minute, day, (elapsed) => [elapsed > 8 * hour && elapsed < 11 * hour ? 0 : 1]);
    expect(dayOutage.at(-1)).toMatchObject({ state: 'violated', budget: { unit: 'ms', spent: 3 * hour - minute } });
  });

  it('is violated exactly when its downtime is more than its allowance, for every target and window, from the first day on', () => {
    const [tenths, seconds] = [fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 1000 })];
    fc.assert(
      fc.property(tenths, seconds, fc.integer({ min: 0, max: 600_000 }), (target, length, down) => {
        const over = length * second;
        const spent = Math.min(down, over);
        const guarantee = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: target / 1000, over } as const;
        const evaluator = evaluatorOf(guarantee, { state: 'undefined' });
        const series = evaluator.join('web-1', start);
        expect(evaluator.assess(start)).toMatchObject({ state: 'undefined', measured: null });
        evaluator.take(series, start, 1);
        evaluator.take(series, start + 1, 0);
        const verdict = evaluator.assess(start + 1 + spent);
        expect(verdict.state).toBe(spent > (1000 - target) * length ? 'violated' : 'fulfilled');
        expect(verdict.budget?.remaining).toBe(Math.max(0, (1000 - target) * length - spent));
      }),
    );
  });

  it('leaves maintenance out', () => {
    const written = '{ term: availability, of: web, at_least: 99.9 %, over: 1 d, except: "Mon 02:00-04:00" }';
    const verdicts = replay(written, minute, 12 * hour, (elapsed) => [elapsed >= 2 * hour && elapsed < 4 * hour ? 0 : 1]);
    expect(verdicts.every(({ budget }) => budget?.spent === 0)).toBe(true);
  });

  it('takes silence for what it is said to be', () => {
    const silent = (as: string) =>
      replay(
        `{ term: availability, of: web, at_least: 99 %, over: 1 d, missing: { as: ${as}, after: 1 min } }`,
        minute,
        6 * hour,
        (elapsed) => [elapsed <= hour ? 1 : undefined],
      ).at(-1);
    expect(silent('unknown')).toMatchObject({ state: 'fulfilled', measured: 100 });
    expect(silent('passes')).toMatchObject({ state: 'fulfilled', measured: 100 });
    expect(silent('fails')).toMatchObject({ state: 'violated', budget: { spent: 5 * hour - minute } });
  });

  it('is at risk while its budget burns, by two windows, before it is violated', () => {
    const verdicts = replay('{ term: availability, of: web, at_least: 99.9 %, over: 30 d }', 10 * second, 4 * hour, (elapsed) => [
      elapsed > hour ? 0 : 1,
    ]);
    expect(story(verdicts, 10 * second)).toEqual(['0.16666666666666666 min fulfilled', '103.5 min violated']);
    const risk = verdicts.find(({ atRisk }) => atRisk)?.atRisk;
    expect(risk).toMatchObject({ by: 'burn_rate' });
    // The shorter windows say so within a minute.
    const severe = verdicts.findIndex(({ atRisk }) => atRisk?.by === 'burn_rate' && atRisk.factor === 14.4);
    expect((severe * 10 * second) / minute).toBeCloseTo(61.3, 0);
  });
});

describe('a percentile', () => {
  it('is decided by counting, however many samples there are, and shown within 1 %', () => {
    const verdicts = replay(
      '{ term: response_time, of: web, percentile: 95, at_most: 200 ms, over: 1 d }',
      10 * second,
      2 * day,
      (elapsed) => [(elapsed / 10 / second) % 100 < 5 ? 1000 : 100 + ((elapsed / 10 / second) % 97)],
    );
    const last = verdicts.at(-1);
    expect(last).toMatchObject({ state: 'fulfilled', wanted: 200, unit: 'ms' });
    expect(last?.samples).toBeGreaterThanOrEqual(8640);
    expect(last?.samples).toBeLessThan(8640 * 1.003);
    expect(last?.measured).toBeGreaterThan(196 * 0.99);
    expect(last?.measured).toBeLessThanOrEqual(200);
  });
});

describe('what the machines themselves say', () => {
  it('is utilisation, kept between two bounds', () => {
    const written = '{ term: cpu_utilisation, of: web, at_least: 10 %, at_most: 80 %, over: 10 min, least: 3 }';
    const verdicts = replay(written, minute, hour, (elapsed) => [
      elapsed < 20 * minute ? 0.5 : elapsed < 40 * minute ? 0.95 : 0.01,
    ]);
    expect(story(verdicts, minute)).toEqual([
      '1 min undefined',
      '3 min fulfilled',
      '27 min violated',
      '41 min fulfilled',
      '49 min violated',
    ]);
    expect(verdicts.at(-1)).toMatchObject({ wanted: 10, side: 'at_least', measured: 1, unit: '%' });
  });

  it('is errors among requests, counted over restarts of what counts', () => {
    const written = '{ term: error_rate, of: web, at_most: 1 %, over: 1 h }';
    const verdicts = replay(written, minute, 3 * hour, (elapsed) => {
      const minutes = (elapsed % (50 * minute)) / minute;
      return [minutes * 100, minutes * 3];
    });
    expect(verdicts.at(-1)).toMatchObject({ state: 'violated', unit: '%', budget: { unit: 'requests' } });
    expect(verdicts.at(-1)?.measured).toBeCloseTo(3, 0);
  });

  it('is an expression over what they count', () => {
    const written = '{ term: expression, of: web, value: "bytes_sent / requests", at_most: 2000, over: 10 min }';
    const verdicts = replay(written, minute, hour, (elapsed) => [elapsed < 30 * minute ? 1500 : 4000, (elapsed / minute) * 2]);
    expect(verdicts.at(-1)?.state).toBe('fulfilled');
  });

  it('counts only while its condition holds', () => {
    const written = '{ term: response_time, of: web, statistic: mean, at_most: 200 ms, over: 1 h, when: "load < 5" }';
    const verdicts = replay(written, minute, 2 * hour, (elapsed) =>
      elapsed > hour ? [900, 8] : [100, elapsed === hour ? 8 : 1],
    );
    expect(verdicts.at(-1)).toMatchObject({ state: 'fulfilled' });
    expect(verdicts.at(-1)?.samples).toBe(1);
  });
});

describe('where things are going', () => {
  it('is told before it gets there', () => {
    const written = '{ term: disk_utilisation, of: web, at_most: 90 %, over: 1 h, horizon: 12 h }';
    const verdicts = replay(written, minute, day, (elapsed) => [0.3 + (0.025 * elapsed) / hour]);
    const warned = verdicts.findIndex(({ atRisk }) => atRisk?.by === 'trend');
    const broken = verdicts.findIndex(({ state }) => state === 'violated');
    expect(broken).toBe(-1);
    expect(warned / 60).toBeGreaterThan(11.5);
    expect(warned / 60).toBeLessThan(13);
    expect(verdicts[warned]?.forecast?.perHour).toBeCloseTo(2.5, 3);
  });

  it('is nothing where it goes up and down', () => {
    const verdicts = replay(
      '{ term: disk_utilisation, of: web, at_most: 90 %, over: 1 h, horizon: 12 h }',
      minute,
      day,
      (elapsed) => [0.5 + 0.2 * Math.sin(elapsed / (7 * minute))],
    );
    expect(verdicts.filter(({ atRisk }) => atRisk).length).toBe(0);
  });
});

describe('recovery', () => {
  it('takes a margin, and time', () => {
    const written =
      '{ term: cpu_utilisation, of: web, statistic: maximum, at_most: 80 %, over: 5 min, least: 1, recover: { margin: 10 %, after: 10 min } }';
    const verdicts = replay(written, minute, hour, (elapsed) => [
      elapsed < 10 * minute ? 0.9 : elapsed < 30 * minute ? 0.75 : 0.6,
    ]);
    expect(story(verdicts, minute)).toEqual(['1 min violated', '45 min fulfilled']);
  });
});

describe('30 days', () => {
  it('are gone through in seconds', () => {
    const verdicts = replay(
      '{ term: availability, of: web, at_least: 99.9 %, over: month }',
      30 * second,
      30 * day,
      (elapsed) => [elapsed > 10 * day && elapsed <= 10 * day + 40 * minute ? 0 : 1],
    );
    expect(story(verdicts, 30 * second)).toEqual(['0.5 min fulfilled']);
    // March has 31 days: 44 min and 38.4 s are allowed, and 29 of them are over.
    expect(verdicts.at(-1)?.budget?.spent).toBe(0);
    expect(verdicts.find(({ budget }) => budget?.spent === 40 * minute)).toMatchObject({ budget: { allowance: 2_678_400 } });
  });
});

describe('a guarantee is refused', () => {
  it.each([
    [
      '{ term: metric, metric: requests, of: web, percentile: 95, at_most: 5, over: 1 h }',
      'requests is a counter: it has no percentile',
    ],
    [
      '{ term: metric, metric: disk_utilisation, of: web, statistic: rate, at_most: 5, over: 1 h }',
      'disk_utilisation is no counter',
    ],
    ['{ term: response_time, of: web, statistic: sum, at_most: 5 s, over: 1 h }', 'the sum of response_time says nothing'],
    ['{ term: cpu_utilisation, of: web, by: probe, at_most: 80 %, over: 1 h }', 'cpu_utilisation is not measured by probe'],
    ['{ term: cpu_utilisation, of: web, at_least: 90 %, at_most: 80 %, over: 1 h }', 'at_least is more than at_most'],
    ['{ term: cpu_utilisation, of: web, over: 1 h }', '"at_most" or "at_least" is missing'],
    ['{ term: error_rate, of: web, at_least: 1 %, over: 1 h }', 'nobody is promised errors'],
    ['{ term: response_time, of: web, at_most: 1 s, over: 30 s }', 'too little is measured in so short a window'],
    ['{ term: response_time, of: web, at_most: 1 s, over: 1 h, during: "Mon 08:00-09:00", except: Mon }', 'it never holds'],
    ['{ term: response_time, of: web, at_most: 1 s, over: 1 h, when: "load" }', 'a condition compares'],
    ['{ term: expression, of: web, value: "1 / 2", at_most: 1, over: 1 h }', 'reads no metric'],
    ['{ term: expression, of: web, value: "errors /", at_most: 1, over: 1 h }', 'is not an expression'],
    ['{ term: availability, of: web, at_least: 99 %, over: 1 d, time_zone: UTC }', 'a rolling window has no time zone'],
    ['{ term: availability, of: web, at_least: 99 %, over: month, time_zone: Mars }', '"Mars" is not a time zone'],
    ['{ term: availability, of: web, at_least: 99 %, over: 1 d, holidays: [2026-02-30] }', '"2026-02-30" is not a day'],
    ['{ term: availability, of: web, at_least: 99 %, over: 1 d, least: 4 }', 'availability by time counts no samples'],
    [
      '{ term: availability, of: web, counted: requests, as: group, min_up: 2, at_least: 99 %, over: 1 d }',
      'min_up is of availability by time',
    ],
    ['{ term: metric, metric: orders, of: web, statistic: count, at_least: 5, over: month }', 'is not known before its end'],
    [
      '{ term: availability, of: web, at_least: 99 %, over: 1 d, except: [{ from: 2026-06-02T00:00:00Z, until: 2026-06-01T00:00:00Z }] }',
      'it is over before it begins',
    ],
    ['{ term: availability, of: web, at_least: 99 %, over: 1 d, recover: {} }', 'it is not said what recovery takes'],
  ])('%s', (written, told) => {
    expect(() => parseCall(call(written))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(told) as string }) as AgencyError,
    );
  });

  it('when only a probe could measure it and none does, but not when somebody else does', () => {
    const elsewhere = (guarantee: string) => () => parseCall(call(guarantee).replace(/probes: .*\n/, ''));
    expect(elsewhere('{ term: response_time, of: web, at_most: 1 s, over: 1 h }')).toThrow('nothing measures web');
    expect(elsewhere('{ term: availability, of: web, by: vendor, at_least: 99 %, over: 1 d }')).not.toThrow();
    expect(elsewhere('{ term: response_time, of: web, by: resource, at_most: 1 s, over: 1 h }')).not.toThrow();
  });
});
