import type { Term } from '../entities/agreement.js';

/** Numbers as people read them; the same everywhere on the terminal. */
const grouped = new Intl.NumberFormat('en-US');
const exact = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 });
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const count = (value: number): string => grouped.format(value);
export const amount = (value: number): string => money.format(value);
/** What is owed, to the last digit that is accounted. */
export const owed = (value: number): string => `${exact.format(value)} USD`;
export const plural = (value: number, word: string): string => `${count(value)} ${word}${value === 1 ? '' : 's'}`;

/** A measured or wanted value in its unit: fractions as per cent, with as many digits as tell 99.99 % from 100 %. */
export function measure(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'fraction' || unit === '%' || unit === '') return `${trimmed((unit === '%' ? 1 : 100) * value, 4)} %`;
  if (unit === '1') return trimmed(value, 4);
  return `${trimmed(value, unit === 'ms' ? 1 : 2)} ${unit === '1/s' ? '/s' : unit}`;
}

/** What is promised, with the side of it that is kept. */
export const promised = ({ wanted, side, unit }: Pick<Term, 'wanted' | 'side' | 'unit'>): string =>
  `${side === 'at_least' ? '≥' : '≤'} ${measure(wanted, unit)}`;

/** Rounded to so many digits, without zeros at the end; never rounded up to a whole number that it is not. */
function trimmed(value: number, digits: number): string {
  const scale = 10 ** digits;
  return String(Math.trunc(Math.round(value * scale * 10) / 10) / scale);
}
