import type { Demand, Offer } from '../src/index.js';

/** What docs/selection.md says of observed values, read literally. */
export function asObserved({ observed }: Demand, offer: Offer): Offer {
  if (!observed) return offer;
  const { vendor, region, market, instanceType, availability: declared } = offer;
  const uptime = observed.availability.find((each) => each.vendor === vendor && each.region === region && each.market === market);
  const size = observed.performance.find((each) => each.vendor === vendor && each.instanceType === instanceType);
  const measured = size ? { ...offer, performance: size.value } : offer;
  if (!uptime) return measured;
  const { hours, down } = uptime;
  const sure = twoDigits(wilson((hours - down) / hours, hours));
  if (declared === null) return { ...measured, availability: sure, declared };
  const weighed = (declared * observed.prior + (hours - down)) / (observed.prior + hours);
  if (weighed < declared) return { ...measured, availability: twoDigits(weighed), declared };
  return sure > declared ? { ...measured, availability: sure, declared } : measured;
}

/** The smallest p of which a share of p or more is among the likeliest 95 of 100 outcomes: (share - p)² = z² p (1 - p) / n, solved for p. */
function wilson(share: number, n: number): number {
  const z2 = 1.6448536269514722 ** 2;
  const [a, b, c] = [1 + z2 / n, -(2 * share + z2 / n), share * share];
  return Math.max(0, (-b - Math.sqrt(Math.max(0, b * b - 4 * a * c))) / (2 * a));
}

/** The greatest number no greater than this that falls short of 1 by two digits. */
function twoDigits(value: number): number {
  const [digits = '', exponent = '0'] = (1 - value).toExponential(9).split('e');
  const short = `${Math.ceil(Number((Number(digits) * 10).toFixed(5))) / 10}e${exponent}`;
  return Number((1 - Number(short)).toFixed(12));
}
