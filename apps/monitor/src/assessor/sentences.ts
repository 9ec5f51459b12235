import type { FindingMessage } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { formatQuantity, type Guarantee, type Risk, type Verdict } from '@cloud-agency/sla';
import type { Term, TermEvent } from './term.js';

const outcomes = {
  'sla.fulfilled': 'is fulfilled',
  'sla.violated': 'is violated',
  'sla.lasting': 'is still violated',
  'sla.recovered': 'is fulfilled again',
  'sla.at_risk': 'is at risk',
} as const;

/** One sentence for a person: what was found of a guarantee, what was measured and what was agreed. */
export function sentence(event: TermEvent, { guarantee }: Term, verdict: Verdict): string {
  const measured = verdict.measured === null ? 'nothing was measured' : `it is ${figure(verdict.measured, verdict.unit)}`;
  const bound = `${verdict.side === 'at_most' ? 'at most' : 'at least'} ${figure(verdict.wanted, verdict.unit)}`;
  const why = event === 'sla.at_risk' && verdict.atRisk ? ` ${reason(verdict.atRisk)}` : '';
  return `${nameOf(guarantee)} of ${guarantee.of} ${outcomes[event]}: ${windowOf(guarantee)} ${measured}, agreed was ${bound}.${why}`;
}

/** A risk as it travels. */
export const riskOf = (risk: Risk): NonNullable<FindingMessage['risk']> =>
  risk.by === 'trend' ? { by: 'trend', at: isoTime(risk.at) } : risk;

function reason(risk: Risk): string {
  if (risk.by === 'trend') return `If it goes on like this it is violated at ${isoTime(risk.at)}.`;
  const rate = Number(risk.rate.toPrecision(3));
  return `What may go wrong is being spent ${String(rate)} times as fast as the window allows, over ${formatQuantity(risk.window, 'duration')}.`;
}

const windowOf = ({ over }: Guarantee): string =>
  typeof over === 'number' ? `over ${formatQuantity(over, 'duration')}` : `in this ${over.period}`;

function nameOf(guarantee: Guarantee): string {
  if (guarantee.term === 'availability') return guarantee.counted ? 'Availability by requests' : 'Availability';
  const { term, metric, value, percentile, statistic } = guarantee;
  const name = capitalised((term === 'metric' ? metric : term === 'expression' ? value : undefined) ?? term.replaceAll('_', ' '));
  if (percentile !== undefined) return `${name} (percentile ${String(percentile)})`;
  return statistic === undefined ? name : `${name} (${statistic})`;
}

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

function figure(value: number, unit: string): string {
  if (unit === '%') return formatQuantity(value / 100, 'fraction');
  const digits = Number(value.toPrecision(6));
  return unit === '' || unit === '1' ? String(digits) : `${String(digits)} ${unit}`;
}
