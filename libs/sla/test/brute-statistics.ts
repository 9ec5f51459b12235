/** What the samples of a window come to, by definition: docs/guarantees.md, What is promised. */
import type { AvailabilityGuarantee, Guarantee, MeasuredGuarantee } from '../src/index.js';

export interface Kept {
  readonly read: number;
  readonly at: number;
  readonly value: number;
  readonly elapsed: number;
}

export interface Judged {
  readonly samples: number;
  readonly measured: number;
  readonly broken: (margin: number) => boolean;
  /** Where some may be bad: how many are, of how many, how many may be, and which share. */
  readonly bad?: { readonly is: number; readonly of: number; readonly allowed: number; readonly share: number };
}

export interface Making {
  readonly guarantee: Guarantee;
  /** Of each of its metrics. */
  readonly counters: readonly boolean[];
  /** Of an expression: what it makes of the means and the growths. */
  readonly value?: (values: readonly number[]) => number;
}

export function judged(making: Making, kept: readonly Kept[]): Judged {
  const { guarantee } = making;
  if (guarantee.term === 'availability') return byRequests(guarantee, kept);
  if (guarantee.term === 'error_rate') return byErrors(guarantee, kept);
  if (guarantee.term === 'expression') return byExpression(guarantee, making, kept);
  const values = kept.map(({ value }) => value).sort((a, b) => a - b);
  if (guarantee.percentile !== undefined) return byPercentile(guarantee, guarantee.percentile, values);
  const measured = valueOf(guarantee, values, kept);
  return { samples: values.length, measured, broken: beyond(guarantee, measured) };
}

const ofRead = (kept: readonly Kept[], read: number): readonly Kept[] => kept.filter((one) => one.read === read);
const sumOf = (kept: readonly Kept[]): number => kept.reduce((total, { value }) => total + value, 0);

function byRequests({ by, atLeast }: AvailabilityGuarantee, kept: readonly Kept[]): Judged {
  const single = by === 'probe';
  const of = single ? kept.length : sumOf(ofRead(kept, 0));
  const is = single ? kept.filter(({ value }) => value === 0).length : sumOf(ofRead(kept, 1));
  const share = 1 - atLeast;
  return {
    samples: ofRead(kept, 0).length,
    measured: of === 0 && is === 0 ? NaN : (of - is) / of,
    broken: (margin) => (margin > 0 ? is > share * of * (1 - margin) + 1e-9 : (of - is) / of < atLeast),
    bad: { is, of, share, allowed: share * of },
  };
}

function byErrors({ atMost: share = 1 }: MeasuredGuarantee, kept: readonly Kept[]): Judged {
  const [of, is] = [sumOf(ofRead(kept, 0)), sumOf(ofRead(kept, 1))];
  return {
    samples: ofRead(kept, 0).length,
    measured: is / of,
    broken: (margin) => (margin > 0 ? is > share * of * (1 - margin) + 1e-9 : is / of > share),
    bad: { is, of, share, allowed: share * of },
  };
}

function byExpression(guarantee: MeasuredGuarantee, { counters, value }: Making, kept: readonly Kept[]): Judged {
  const reads = counters.map((_, read) => ofRead(kept, read));
  const figures = reads.map((own, read) => (counters[read] ? sumOf(own) : sumOf(own) / own.length));
  const samples = Math.min(...reads.map((own) => own.length));
  const made = value?.(figures) ?? NaN;
  const measured = samples > 0 && Number.isFinite(made) ? made : NaN;
  return { samples, measured, broken: beyond(guarantee, measured) };
}

function valueOf({ statistic, term }: MeasuredGuarantee, values: readonly number[], kept: readonly Kept[]): number {
  const elapsed = kept.reduce((total, one) => total + one.elapsed, 0);
  if (term === 'throughput' || statistic === 'rate') return elapsed === 0 ? NaN : (sumOf(kept) * 1000) / elapsed;
  if (statistic === 'sum') return sumOf(kept);
  if (statistic === 'count') return values.length;
  return ofSome(statistic, values);
}

const ofSome = (statistic: MeasuredGuarantee['statistic'], values: readonly number[]): number => {
  if (statistic === 'minimum') return values[0] ?? NaN;
  if (statistic === 'maximum') return values.at(-1) ?? NaN;
  return values.reduce((total, value) => total + value, 0) / values.length;
};

/** The smallest value that at least so many of all are not above, held against the bounds. */
function byPercentile(guarantee: MeasuredGuarantee, rank: number, values: readonly number[]): Judged {
  const position = Math.max(1, Math.ceil(Math.round(((rank * values.length) / 100) * 1e9) / 1e9));
  const measured = values[position - 1] ?? NaN;
  const { atMost = Infinity, atLeast = -Infinity } = guarantee;
  const above = values.filter((value) => value > atMost).length;
  const below = values.filter((value) => value < atLeast).length;
  const [mayBeAbove, mayBeBelow] = [values.length - position, position - 1];
  const upper = { is: above, of: values.length, share: 1 - rank / 100, allowed: mayBeAbove };
  const lower = { is: below, of: values.length, share: rank / 100, allowed: mayBeBelow };
  const isBetween = guarantee.atMost !== undefined && guarantee.atLeast !== undefined;
  return {
    samples: values.length,
    measured,
    broken: (margin) =>
      margin === 0
        ? measured > atMost || measured < atLeast
        : above > mayBeAbove * (1 - margin) || below > mayBeBelow * (1 - margin),
    ...(!isBetween && { bad: guarantee.atMost === undefined ? lower : upper }),
  };
}

const beyond =
  ({ atMost = Infinity, atLeast = -Infinity }: MeasuredGuarantee, measured: number) =>
  (margin: number): boolean =>
    measured > (atMost === Infinity ? Infinity : atMost * (1 - margin)) + 1e-9 ||
    measured < (atLeast === -Infinity ? -Infinity : atLeast * (1 + margin)) - 1e-9;
