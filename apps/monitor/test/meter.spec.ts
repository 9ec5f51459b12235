import type { Reading } from '@cloud-agency/probes';
import { startMeter } from '../src/meters/meter.js';
import { ManualClock } from './manual-clock.js';

const answer: Reading = { ok: true, milliseconds: 1, detail: 'HTTP 200' };
const every = 10_000;

/** Starts a meter whose measurements take `takes` ms of the clock's time; says when each began. */
function meter(clock: ManualClock, name: string, takes = 0): { readonly at: number[]; readonly end: () => void } {
  const at: number[] = [];
  const measure = (): Promise<Reading> =>
    new Promise((resolve) => {
      if (takes === 0) resolve(answer);
      else
        clock.after(takes, () => {
          resolve(answer);
        });
    });
  return { at, end: startMeter({ clock, name, every, measure, onReading: (began) => at.push(began) }) };
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('a meter', () => {
  it('measures within a second, and then never less often than its period', async () => {
    const clock = new ManualClock(1_234);
    const meters = Array.from({ length: 50 }, (_, index) => meter(clock, `machine-${String(index)}`));
    await clock.advance(5 * every);
    for (const { at } of meters) {
      expect(at[0]).toBeLessThan(1_234 + 1_000);
      expect(Math.max(...gaps(at))).toBe(every);
      expect(new Set(gaps(at).slice(1))).toEqual(new Set([every]));
    }
  });

  it('shares the period evenly with others', async () => {
    const clock = new ManualClock();
    const meters = Array.from({ length: 1_000 }, (_, index) => meter(clock, `machine-${String(index)}`));
    await clock.advance(2 * every);
    const inEachSecond = Array.from({ length: 10 }, () => 0);
    for (const { at } of meters) {
      const second = Math.floor(((at.at(-1) ?? 0) % every) / 1_000);
      inEachSecond[second] = (inEachSecond[second] ?? 0) + 1;
    }
    expect(Math.min(...inEachSecond)).toBeGreaterThan(50);
    expect(Math.max(...inEachSecond)).toBeLessThan(200);
  });

  it('never measures twice at a time: a slow answer puts the next one off to its place in a later period', async () => {
    const clock = new ManualClock();
    const { at } = meter(clock, 'slow', 12_000);
    await clock.advance(10 * every);
    for (const gap of gaps(at)) expect(gap).toBeGreaterThanOrEqual(12_000);
    expect(new Set(gaps(at).slice(1))).toEqual(new Set([2 * every]));
  });

  it('reports nothing once it has ended, not even what was under way', async () => {
    const clock = new ManualClock();
    const { at, end } = meter(clock, 'ended', 5_000);
    await clock.advance(2_000);
    end();
    await clock.advance(5 * every);
    expect(at).toEqual([]);
  });

  it('makes up for nothing after a standstill: what is late begins in its turn, each once', async () => {
    const clock = new ManualClock();
    const meters = Array.from({ length: 500 }, (_, index) => meter(clock, `machine-${String(index)}`));
    await clock.advance(3 * every);
    const before = meters.map(({ at }) => at.length);
    clock.stall(3 * every);
    const woken = clock.now();
    await clock.advance(every);
    const begun = meters.flatMap(({ at }, index) => at.slice(before[index]));
    // Each at most twice: once in its turn, and once at its place.
    expect(begun.length).toBeLessThanOrEqual(2 * meters.length);
    for (const { at } of meters) expect(at.at(-1)).toBeGreaterThanOrEqual(woken);
    for (let from = woken; from < clock.now(); from += 100)
      expect(begun.filter((at) => at >= from && at < from + 100).length).toBeLessThan(200 + 25);
    const places = meters.map(({ at }) => (at.at(-1) ?? 0) % every);
    await clock.advance(every);
    expect(meters.map(({ at }) => (at.at(-1) ?? 0) % every)).toEqual(places);
  });

  it.each([
    ['forwards', 3_600_000],
    ['back', -3_600_000],
    ['back by less than a period', -3_000],
  ])('goes on when its clock is set %s, at its place, without a longer pause than two periods', async (_, ms) => {
    const clock = new ManualClock(10_000_000);
    const passed: number[] = [];
    let real = 0;
    const end = startMeter({
      clock,
      name: 'set',
      every,
      measure: () => Promise.resolve(answer),
      onReading: () => passed.push(real),
    });
    for (; real < 10 * every; real += 100) {
      if (real === 5 * every) clock.step(ms);
      await clock.advance(100);
    }
    end();
    expect(Math.max(...gaps(passed))).toBeLessThanOrEqual(2 * every);
    expect(Math.min(...gaps(passed.slice(1)))).toBeGreaterThan(0);
    expect(passed.length).toBeGreaterThanOrEqual(9);
    expect(passed.length).toBeLessThanOrEqual(12);
  });

  it('begins with many others two thousand a second, and none of them later than at its place', async () => {
    const clock = new ManualClock();
    const meters = Array.from({ length: 2_400 }, (_, index) => meter(clock, `machine-${String(index)}`));
    await clock.advance(every);
    const first = meters.map(({ at }) => at[0] ?? Infinity);
    expect(Math.max(...first)).toBeLessThan(1_300);
    for (let from = 0; from < 1_300; from += 100)
      expect(first.filter((at) => at >= from && at < from + 100).length).toBeLessThan(400);
  });
});
