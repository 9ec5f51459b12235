import fc from 'fast-check';
import { assessAvailability, assessResponseTime } from './guarantee.js';
import { fewestSamples } from './judged.js';
import { SampleWindow } from './sample-window.js';

const hour = 3_600_000;
const month = 30 * 24 * hour;
const available = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.999, over: month } as const;
const quick = { term: 'response_time', of: 'web', scope: { as: 'each' }, percentile: 95, atMost: 200, over: 5 * 60_000 } as const;

describe('an availability guarantee', () => {
  const down = (ms: number) => ({ known: true, intervals: [{ from: month, until: month + ms }] });

  it('allows 43 minutes and 12 seconds in a month at 99.9 %, from the first day on', () => {
    const allowance = 2_592_000;
    expect(assessAvailability(available, 'undefined', down(allowance), month + hour).state).toBe('fulfilled');
    expect(assessAvailability(available, 'fulfilled', down(allowance + 1), month + hour)).toMatchObject({
      state: 'violated',
      wanted: 99.9,
      unit: '%',
    });
  });

  it('is undefined until its machines have been seen, and never again after', () => {
    const nothing = { known: false, intervals: [] };
    expect(assessAvailability(available, 'undefined', nothing, month)).toMatchObject({ state: 'undefined', measured: null });
    expect(assessAvailability(available, 'fulfilled', nothing, month)).toMatchObject({ state: 'fulfilled', measured: 100 });
  });

  it('recovers once enough of the downtime has left the window', () => {
    const two = down(2 * hour);
    expect(assessAvailability(available, 'violated', two, 2 * month).state).toBe('violated');
    expect(assessAvailability(available, 'violated', two, 2 * month + 2 * hour).state).toBe('fulfilled');
  });

  it('has no allowance at 100 %: any downtime violates it', () => {
    const always = { ...available, atLeast: 1 };
    expect(assessAvailability(always, 'undefined', down(0), 2 * month)).toMatchObject({
      state: 'fulfilled',
      budget: { fraction: null },
    });
    expect(assessAvailability(always, 'fulfilled', down(1), month + 1).state).toBe('violated');
  });

  it('is violated exactly when its downtime is more than its allowance, for every target and window', () => {
    const tenthsOfPercent = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(
        tenthsOfPercent,
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (target, seconds, spent) => {
          const guarantee = { ...available, atLeast: target / 1000, over: seconds * 1000 };
          const now = 2 * guarantee.over;
          const spentInWindow = Math.min(spent, guarantee.over);
          const verdict = assessAvailability(
            guarantee,
            'fulfilled',
            { known: true, intervals: [{ from: now - spentInWindow, until: null }] },
            now,
          );
          expect(verdict.state).toBe(spentInWindow > (1000 - target) * seconds ? 'violated' : 'fulfilled');
          expect(verdict.budget?.remaining).toBe(Math.max(0, (1000 - target) * seconds - spentInWindow));
        },
      ),
    );
  });
});

describe('a response time guarantee', () => {
  const windowOf = (...values: number[]): SampleWindow => {
    const window = new SampleWindow(quick.over);
    values.forEach((value, at) => {
      window.add({ at, source: 'a', value });
    });
    return window;
  };

  it(`says nothing on fewer than ${String(fewestSamples)} answers: what was said before stands`, () => {
    const few = windowOf(900, 900, 900, 900);
    expect(assessResponseTime(quick, 'undefined', few)).toMatchObject({ state: 'undefined', measured: 900 });
    expect(assessResponseTime(quick, 'fulfilled', few).state).toBe('fulfilled');
    expect(assessResponseTime(quick, 'violated', windowOf())).toMatchObject({ state: 'violated', measured: null });
  });

  it('is fulfilled at the bound and violated above it', () => {
    expect(assessResponseTime(quick, 'undefined', windowOf(10, 20, 30, 40, 200)).state).toBe('fulfilled');
    expect(assessResponseTime(quick, 'fulfilled', windowOf(10, 20, 30, 40, 201))).toMatchObject({
      state: 'violated',
      measured: 201,
      wanted: 200,
      unit: 'ms',
    });
  });

  it('forgives as many slow answers as the percentile leaves', () => {
    const nineteen = Array.from({ length: 19 }, () => 50);
    expect(assessResponseTime(quick, 'fulfilled', windowOf(...nineteen, 5000)).state).toBe('fulfilled');
    expect(assessResponseTime(quick, 'fulfilled', windowOf(...nineteen.slice(1), 5000, 5000)).state).toBe('violated');
  });
});
