import { formatQuantity, type Guarantee, measuredMetrics, seriesOf, statisticOf } from '@cloud-agency/sla';

/** What the figures of a guarantee are of, and by whom they were measured: where an auditor begins. */
export interface Basis {
  /** Of a metric or an expression: which; else null. */
  readonly about: string | null;
  /** In words: `percentile 95, promised over 5 min, by probe`. */
  readonly basis: string | null;
}

/** Of a guarantee that nobody knows any more both are null. */
export function basisOf(guarantee: Guarantee | undefined): Basis {
  if (!guarantee) return { about: null, basis: null };
  // Those of its condition come after what it is about.
  const measured = seriesOf(guarantee).slice(0, measuredMetrics(guarantee).length);
  const sources = [...new Set(measured.map(({ source }) => source))];
  const about = guarantee.term === 'availability' ? undefined : (guarantee.metric ?? guarantee.value);
  return {
    about: about ?? null,
    basis: [`${madeOf(guarantee)}${slicesOf(guarantee)}`, overOf(guarantee), `by ${sources.join(' and ')}`].join(', '),
  };
}

function madeOf(guarantee: Guarantee): string {
  const { scope } = guarantee;
  if (guarantee.term !== 'availability') return statisticWords(guarantee);
  if (guarantee.counted === 'requests') return 'share of requests';
  const least = scope.as === 'group' ? scope.minUp : undefined;
  return least === undefined ? 'share of the time' : `share of the time with ${least} or more up`;
}

function statisticWords(guarantee: Exclude<Guarantee, { term: 'availability' }>): string {
  const statistic = statisticOf(guarantee);
  if (statistic === 'percentile') return `percentile ${guarantee.percentile ?? usualPercentile}`;
  return statistic ?? (guarantee.term === 'error_rate' ? 'share of requests' : 'value of the expression');
}

const usualPercentile = 95;

function slicesOf({ slices }: Guarantee): string {
  if (!slices) return '';
  const each = formatQuantity(slices.each, 'duration');
  return slices.atLeast === undefined ? ` of each ${each}, averaged` : `, as a share of slices of ${each}`;
}

const overOf = ({ over }: Guarantee): string =>
  typeof over === 'number'
    ? `promised over ${formatQuantity(over, 'duration')}`
    : `promised over the ${over.period} (${over.zone})`;
