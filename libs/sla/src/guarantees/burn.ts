import type { Burn, Risk } from './verdict.js';

/** Two windows, as parts of that of the guarantee, and how fast both have to burn to be a risk. Of 30 d: 1 h and 5 min, 6 h and 30 min, 1 d and 2 h, 3 d and 6 h. */
export const burnPairs = [
  { factor: 14.4, long: 1 / 720, short: 1 / 8640 },
  { factor: 6, long: 1 / 120, short: 1 / 1440 },
  { factor: 3, long: 1 / 30, short: 1 / 360 },
  { factor: 1, long: 1 / 10, short: 1 / 120 },
] as const;

/** A shorter window says more of chance than of what is going on, ms. */
const shortest = 5_000;

/** @param rateOver how fast the budget was spent over so many ms until now, 1 being even; @param length of the guarantee's window, ms */
export function burnsOf(length: number, rateOver: (length: number) => number): readonly Burn[] {
  return burnPairs
    .filter(({ short }) => length * short >= shortest)
    .map(({ factor, long, short }) => {
      const [longer, shorter] = [length * long, length * short];
      return { factor, long: longer, short: shorter, longRate: rateOver(longer), shortRate: rateOver(shorter) };
    });
}

/** The greatest factor that both windows reach; the long one shows that it is no spike, the short one that it goes on. */
export function burnRisk(burns: readonly Burn[]): Risk | null {
  const burning = burns.find(({ factor, longRate, shortRate }) => longRate >= factor && shortRate >= factor);
  return burning ? { by: 'burn_rate', factor: burning.factor, rate: burning.longRate, window: burning.long } : null;
}
