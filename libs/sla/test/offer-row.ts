import type { OfferRow } from '../src/index.js';

/** A row of a small market: two cores and 4 GiB in one zone in France, unless it says otherwise. */
export function offerRow(region: string, instanceType: string, price: number, rest: Partial<OfferRow> = {}): OfferRow {
  return {
    agent: 'alpha',
    vendor: 'alpha',
    region,
    zones: ['a'],
    instanceType,
    price,
    market: 'on-demand',
    city: null,
    country: 'FR',
    continent: 'EU',
    cores: 2,
    memory: 4,
    disk: null,
    gpu: null,
    architecture: 'x64',
    availability: 0.999,
    carbon: null,
    ...rest,
  };
}
