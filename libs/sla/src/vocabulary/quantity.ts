import { AgencyError, nearest } from '@cloud-agency/errors';
import { Decimal } from 'decimal.js';

/** Hours in a month, wherever a price an hour meets a price a month (CFP.md 1). */
export const hoursPerMonth = 730;

/** What a quantity measures; each has one canonical unit, that of a bare number. */
export type Dimension =
  | 'number'
  | 'size'
  | 'duration'
  | 'fraction'
  | 'share'
  | 'price'
  | 'budget'
  | 'money'
  | 'frequency'
  | 'throughput'
  | 'rate'
  | 'carbon'
  | 'distance'
  | 'volume'
  | 'transfer';

interface Scale {
  /** The unit of a bare number, and of every parsed value. */
  readonly unit: string;
  /** How many canonical units one of these is. The canonical unit comes first. */
  readonly units: Readonly<Record<string, Decimal.Value>>;
  readonly max?: number;
  /** What a user would write. */
  readonly example: string;
}

const second = 1000;
const hour = 3600 * second;
const gib = new Decimal(1024).pow(3);
const gb = new Decimal(1e9).div(gib);
const perMonth = new Decimal(1).div(hoursPerMonth);

const scales: Readonly<Record<Dimension, Scale>> = {
  number: { unit: '', units: {}, example: '2' },
  size: {
    unit: 'GiB',
    units: {
      GiB: 1,
      MiB: new Decimal(1).div(1024),
      KiB: new Decimal(1).div(1024 ** 2),
      TiB: 1024,
      PiB: 1024 ** 2,
      B: new Decimal(1).div(gib),
      kB: new Decimal(1e3).div(gib),
      MB: new Decimal(1e6).div(gib),
      GB: gb,
      TB: new Decimal(1e12).div(gib),
      PB: new Decimal(1e15).div(gib),
    },
    example: '4 GiB',
  },
  duration: {
    unit: 'ms',
    units: { ms: 1, s: second, min: 60 * second, h: hour, d: 24 * hour, w: 7 * 24 * hour, month: hoursPerMonth * hour },
    example: '10 s',
  },
  fraction: { unit: '', units: { '%': 0.01 }, max: 1, example: '99.9 %' },
  share: { unit: '', units: { '%': 0.01 }, example: '10 %' },
  price: { unit: 'USD/h', units: { 'USD/h': 1, 'USD/hour': 1, 'USD/month': perMonth }, example: '0.05 USD/h' },
  budget: {
    unit: 'USD/month',
    units: { 'USD/month': 1, 'USD/h': hoursPerMonth, 'USD/hour': hoursPerMonth },
    example: '900 USD/month',
  },
  money: { unit: 'USD', units: { USD: 1 }, example: '5 USD' },
  frequency: { unit: 'GHz', units: { GHz: 1, MHz: 0.001 }, example: '2.4 GHz' },
  throughput: { unit: 'MB/s', units: { 'MB/s': 1, 'GB/s': 1000 }, example: '100 MB/s' },
  rate: {
    unit: '1/s',
    units: {
      '1/s': 1,
      '/s': 1,
      '/min': new Decimal(1).div(60),
      '1/min': new Decimal(1).div(60),
      '/h': new Decimal(1).div(3600),
      '1/h': new Decimal(1).div(3600),
    },
    example: '50 /s',
  },
  transfer: {
    unit: 'USD/GiB',
    units: { 'USD/GiB': 1, 'USD/TiB': new Decimal(1).div(1024), 'USD/GB': gib.div(1e9) },
    example: '0.09 USD/GiB',
  },
  carbon: { unit: 'g/kWh', units: { 'g/kWh': 1, 'gCO2e/kWh': 1 }, example: '200 g/kWh' },
  distance: { unit: 'km', units: { km: 1, m: 0.001 }, example: '500 km' },
  volume: {
    unit: 'GiB/month',
    units: { 'GiB/month': 1, 'TiB/month': 1024, 'GB/month': gb, 'TB/month': gb.times(1000) },
    example: '200 GiB/month',
  },
};

const written = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(\S.*)?$/i;

/**
 * Reads a quantity such as `4 GiB`, `99.9 %` or `0.05 USD/h` into the canonical unit of its dimension (sizes GiB, durations ms, fractions
 * 0..1, prices USD/h, budgets USD/month, money USD, distances km, volumes GiB/month); a bare number is in that unit already. Throws AgencyError `invalid-document`.
 */
export function parseQuantity(input: string | number, dimension: Dimension): number {
  const scale = scales[dimension];
  const match = written.exec(String(input).trim());
  if (!match?.[1]) throw wrong(`"${input}" is not a quantity: write a number and its unit, e.g. ${scale.example}`);
  const value = new Decimal(match[1]).times(factor(match[2]?.trim(), scale, input)).toNumber();
  if (value < 0) throw wrong(`${input} is negative: quantities are never negative`);
  if (!Number.isFinite(value)) throw wrong(`${input} is too large`);
  if (scale.max !== undefined && value > scale.max) throw wrong(`${input} is more than 100 %: write it like ${scale.example}`);
  return value;
}

/** The unit that a quantity is written with; undefined where there is none. */
export function unitIn(quantity: string): string | undefined {
  return written.exec(quantity.trim())?.[2]?.trim();
}

function factor(unit: string | undefined, scale: Scale, input: string | number): Decimal.Value {
  if (unit === undefined) return 1;
  const known = Object.keys(scale.units);
  const found = Object.hasOwn(scale.units, unit) ? scale.units[unit] : undefined;
  if (found !== undefined) return found;
  if (known.length === 0) throw wrong(`"${input}" has a unit, but a plain number is wanted, e.g. ${scale.example}`);
  const meant = known.find((name) => name.toLowerCase() === unit.toLowerCase()) ?? nearest(unit, known);
  throw wrong(`"${unit}" is not a unit known here: use ${known.join(', ')}${meant ? `; did you mean ${meant}?` : ''}`);
}

/** The greatest value that the dimension has; Infinity where there is none. */
export function greatest(dimension: Dimension): number {
  return scales[dimension].max ?? Infinity;
}

function wrong(message: string): AgencyError {
  return new AgencyError('invalid-document', { message });
}

/** A canonical value as a person reads it: `4 GiB`, `99.9 %`, `0.05 USD/h`. At most six significant digits after rounding. */
export function formatQuantity(value: number, dimension: Dimension): string {
  if (dimension === 'fraction' || dimension === 'share') return `${plain(new Decimal(value).times(100), 8)} %`;
  if (dimension === 'duration') return formatDuration(value);
  return `${plain(new Decimal(value), 6)} ${scales[dimension].unit}`.trim();
}

function formatDuration(ms: number): string {
  const units = Object.entries({ d: 24 * hour, h: hour, min: 60 * second, s: second });
  const [name, size] = units.find(([, length]) => ms >= length && ms % length === 0) ?? ['ms', 1];
  return `${plain(new Decimal(ms).div(size), 6)} ${name}`;
}

function plain(value: Decimal, digits: number): string {
  return value.toSignificantDigits(digits).toFixed();
}
