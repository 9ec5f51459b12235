import { Rates } from './rates.js';

describe('Rates', () => {
  it('hands on what is a figure already', () => {
    expect(new Rates().figures([{ metric: 'cpu', at: 10, value: 0.4 }], 2)).toEqual([{ metric: 'cpu', at: 10, value: 0.4 }]);
  });

  it('makes bytes a second of totals, whatever the order they come in', () => {
    const rates = new Rates();
    expect(rates.figures([{ metric: 'network-in', at: 1_000, value: 500, total: true }], 1)).toEqual([]);
    const later = [
      { metric: 'network-in', at: 5_000, value: 4_500, total: true },
      { metric: 'network-in', at: 3_000, value: 2_500, total: true },
    ] as const;
    expect(rates.figures(later, 1)).toEqual([
      { metric: 'network-in', at: 3_000, value: 1_000 },
      { metric: 'network-in', at: 5_000, value: 1_000 },
    ]);
    expect(rates.figures(later, 1)).toEqual([]);
  });

  it('shares processor time out among the cores, and never makes more than all of it', () => {
    const rates = new Rates();
    rates.figures([{ metric: 'cpu', at: 0, value: 0, total: true }], 4);
    expect(rates.figures([{ metric: 'cpu', at: 10_000, value: 20, total: true }], 4)).toEqual([
      { metric: 'cpu', at: 10_000, value: 0.5 },
    ]);
    expect(rates.figures([{ metric: 'cpu', at: 20_000, value: 90, total: true }], 4)).toEqual([
      { metric: 'cpu', at: 20_000, value: 1 },
    ]);
  });

  it('begins anew with a machine that was started anew', () => {
    const rates = new Rates();
    rates.figures([{ metric: 'disk-read', at: 0, value: 900, total: true }], 1);
    expect(rates.figures([{ metric: 'disk-read', at: 1_000, value: 10, total: true }], 1)).toEqual([]);
    expect(rates.figures([{ metric: 'disk-read', at: 2_000, value: 30, total: true }], 1)).toEqual([
      { metric: 'disk-read', at: 2_000, value: 20 },
    ]);
  });
});
