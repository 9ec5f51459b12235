/** How the figures of a guarantee are shown: in findings, entities and boards. */
import type { Guarantee } from '../documents/guarantee.js';
import { metricOf } from '../vocabulary/metrics.js';
import { statisticOf } from './judged.js';

export interface Shown {
  /** %, ms, 1/s, or the metric's own. */
  readonly unit: string;
  /** How many of it are one of the value's own unit. */
  readonly scale: number;
}

/** Fractions are shown in %. */
export function shownIn(guarantee: Guarantee): Shown {
  if (guarantee.term === 'metric') return metricShown(guarantee.metric ?? '', statisticOf(guarantee));
  return shownTerms[guarantee.term] ?? percent;
}

const percent: Shown = { unit: '%', scale: 100 };
const shownTerms: Readonly<Partial<Record<Guarantee['term'], Shown>>> = {
  response_time: { unit: 'ms', scale: 1 },
  throughput: { unit: '1/s', scale: 1 },
  expression: { unit: '1', scale: 1 },
};

function metricShown(name: string, statistic: ReturnType<typeof statisticOf>): Shown {
  const { dimension, unit } = metricOf(name);
  if (statistic === 'count') return { unit: '1', scale: 1 };
  if (statistic === 'rate') return { unit: '1/s', scale: 1 };
  return dimension === 'fraction' ? percent : { unit: unit || '1', scale: 1 };
}

/** A value as it is shown, without the noise of binary fractions: 99.95, not 99.95000000000001. */
export const shownValue = (value: number, { scale }: Shown): number =>
  scale === 1 ? value : Math.round(value * scale * 1e8) / 1e8;

/** The bound of a guarantee as it is shown; of two, the upper one. */
export function wantedOf(guarantee: Guarantee): {
  readonly wanted: number;
  readonly unit: string;
  readonly side: 'at_most' | 'at_least';
} {
  const shown = shownIn(guarantee);
  const atMost = guarantee.term === 'availability' ? undefined : guarantee.atMost;
  const side = atMost === undefined ? 'at_least' : 'at_most';
  return { wanted: shownValue(atMost ?? guarantee.atLeast ?? 0, shown), unit: shown.unit, side };
}
