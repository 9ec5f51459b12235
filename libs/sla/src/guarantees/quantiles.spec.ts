import fc from 'fast-check';
import { percentile } from './percentile.js';
import { percentileError, Quantiles } from './quantiles.js';

const length = 12_000;
const slot = length / 12;

/** From nanoseconds to years, below 0, and none at all. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }).map((digits) => 10 ** digits) },
  { weight: 2, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }).map((digits) => -(10 ** digits)) },
  { weight: 1, arbitrary: fc.constant(0) },
);
const told = fc.record({ after: fc.integer({ min: 0, max: 60 }), ago: fc.constantFrom(0, 0, 0, 700), value });
const rank = fc.oneof(
  fc.constantFrom(50, 95, 99, 99.9, 100),
  fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10),
);

interface Value {
  readonly at: number;
  readonly value: number;
}

/** A window whose values are all kept beside it. */
class Window {
  quantiles = new Quantiles(length);
  now = 1_000_000;
  private values: Value[] = [];
  private isExact = true;
  private readonly sketches = new Map<number, Float32Array>();

  take({ after, ago, value: measured }: { after: number; ago: number; value: number }): void {
    this.now += after;
    this.quantiles.forget(this.now - length);
    this.values = this.values.filter(({ at }) => (this.isExact ? at : slotOf(at) + slot - 1) >= this.now - length);
    this.quantiles.take(this.now - ago, measured);
    this.values.push({ at: this.now - ago, value: measured });
    if (this.values.length > 128) this.isExact = false;
  }

  restart(): void {
    for (const { from, bins } of this.quantiles.takeChanged()) this.sketches.set(from, bins);
    const { few, firstKey } = this.quantiles;
    const kept = [...this.sketches].filter(([from]) => from >= firstKey).map(([from, bins]) => ({ from, bins }));
    this.quantiles = new Quantiles(length);
    this.quantiles.restore(few, kept.reverse());
  }

  /** By the nearest rank, of all that is kept. */
  exactly(percent: number): number | undefined {
    return percentile(
      this.values.map((one) => one.value).sort((a, b) => a - b),
      percent,
    );
  }

  get isFew(): boolean {
    return this.isExact;
  }
}

const slotOf = (at: number): number => Math.floor(at / slot) * slot;

describe('the percentiles of a window', () => {
  it('are exact of few values, and else no further from the nearest rank than is stated, whatever the values and the rank', () => {
    let estimated = 0;
    fc.assert(
      fc.property(
        fc.array(told, { maxLength: 400, size: 'max' }),
        fc.array(rank, { minLength: 1, maxLength: 5 }),
        (all, ranks) => {
          const window = new Window();
          for (const one of all) window.take(one);
          for (const percent of ranks) {
            const [shown, exact] = [window.quantiles.at(percent), window.exactly(percent)];
            if (window.isFew || exact === undefined || shown === undefined) expect(shown).toBe(exact);
            else expect(Math.abs(shown - exact)).toBeLessThanOrEqual(percentileError * Math.abs(exact) * (1 + 1e-6));
            estimated += Number(!window.isFew);
          }
        },
      ),
      { numRuns: 150, seed: 20261127 },
    );
    expect(estimated).toBeGreaterThan(100);
  });

  it('are the same after what was stored of them is put together again', () => {
    const story = fc.array(fc.record({ told: fc.array(told, { maxLength: 200, size: 'max' }), percent: rank }), { maxLength: 6 });
    fc.assert(
      fc.property(story, (parts) => {
        const [stopped, running] = [new Window(), new Window()];
        for (const part of parts) {
          for (const one of part.told) for (const window of [stopped, running]) window.take(one);
          stopped.restart();
          const [one, other] = [stopped.quantiles.at(part.percent), running.quantiles.at(part.percent)];
          if (other === undefined) expect(one).toBeUndefined();
          else expect(one).toBeCloseTo(other, 9);
        }
      }),
      { numRuns: 100, seed: 20261127 },
    );
  });
});
