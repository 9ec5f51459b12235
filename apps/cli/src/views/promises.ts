/** How an agreement's promises were kept: what stands, what was violated, what proves it, and what it costs. */
import type { Agreement, Renegotiation, Risk, Term, Violation } from '../entities/agreement.js';
import { measure, plural, promised } from './figures.js';
import { accountLines, standing, titleOf, worstFirst } from './sla-board.js';

/** The newest violations of a guarantee that are told one by one, and the newest measurements that are told of each. */
const mostViolations = 5;
const mostProofs = 3;

export interface Kept {
  readonly agreement: Agreement;
  /** Oldest first. */
  readonly violations: readonly Violation[];
  readonly renegotiations: readonly Renegotiation[];
}

/** Guarantee by guarantee, what is broken first; one that holds no more is there when it was violated. */
export function promiseLines({ agreement, violations, renegotiations }: Kept): readonly string[] {
  const names = new Map(agreement.health.map(({ resource, title }) => [resource, title ?? resource]));
  // Renegotiated, a guarantee may have the number of another.
  const isOf = (term: Term, { guarantee, term: name, of, wanted }: Violation): boolean =>
    guarantee === term.index && name === term.term && wanted === term.wanted && of === (term.resource ?? term.of);
  const gone = violations.filter((one) => !agreement.terms.some((term) => isOf(term, one)));
  return [
    ...[...agreement.terms]
      .sort(worstFirst)
      .flatMap((term) => [
        `  ${titleOf(term)} of ${nameOf(term.resource ?? term.of, names)}: ${standingOf(term)}`,
        ...violationLines(violations.filter((one) => isOf(term, one))),
      ]),
    ...(gone.length > 0
      ? [
          '  Of guarantees that hold no more:',
          ...gone.flatMap((one) => [`    ${one.term} of ${nameOf(one.of, names)}`, ...violationLines([one])]),
        ]
      : []),
    ...accountLines(agreement).map((line) => `  ${line}`),
    ...renegotiations.map(
      ({ cause, state, message }) => `  Renegotiated (${state}) after ${cause}${message ? `: ${message}` : ''}`,
    ),
  ];
}

function standingOf(term: Term): string {
  const measured = term.measured === null ? 'nothing is measured now' : `${measure(term.measured, term.unit)} is measured`;
  const spent = term.spent === null ? '' : `, ${(term.spent * 100).toFixed(1)} % of its allowance is spent`;
  const cost = term.remedy === undefined ? '' : `; a breach costs ${term.remedy}`;
  const risk = term.risk && standing(term) === 'at risk' ? `; ${riskWords(term.risk)}` : '';
  return `${standing(term)}, ${promised(term)} is promised, ${measured}${spent}${risk}${cost}`;
}

const riskWords = (risk: Risk): string =>
  risk.by === 'trend'
    ? `if it goes on like this it is violated at ${risk.at}`
    : `it is being spent ${Number(risk.rate.toPrecision(3))} times too fast, over ${span(risk.window / 1000)}`;

function violationLines(violations: readonly Violation[]): readonly string[] {
  const shown = violations.slice(-mostViolations);
  const hidden = violations.length - shown.length;
  return [...(hidden > 0 ? [`    ${plural(hidden, 'earlier violation')}`] : []), ...shown.flatMap(linesOf)];
}

function linesOf(violation: Violation): readonly string[] {
  const { opened, closed, duration, worst, wanted, unit, count, samples, penalty } = violation;
  const when = closed === '' ? `since ${opened}, it goes on` : `from ${opened} to ${closed} (${span(duration)})`;
  const side = worst < wanted ? '≥' : '≤';
  const owed = penalty === '' ? '' : `; penalty ${penalty}`;
  return [
    `    violated ${when}: at worst ${measure(worst, unit)} of ${side} ${measure(wanted, unit)}, ${plural(count, 'measurement')} against it${owed}`,
    ...samples.slice(-mostProofs).map((sample) => `      ${sample.at} ${proofWords(sample, violation)}`),
  ];
}

/** Of what the guarantee is about in its unit, of all else as it was measured. */
function proofWords({ metric, value, detail }: Violation['samples'][number], { term, unit }: Violation): string {
  const isFigure = metric !== undefined && value !== undefined && metric !== 'up';
  const own = unit === '%' ? 'fraction' : unit;
  const figure = isFigure ? `${metric} ${measure(value, metric === term ? own : '1')}` : '';
  return [figure, detail].filter((part) => part !== '').join(', ') || 'no answer';
}

const nameOf = (of: string, names: ReadonlyMap<string, string>): string => names.get(of) ?? of;

/** 45 s, 12 min, 3.5 h, 2.1 d */
function span(seconds: number): string {
  const [size, unit] = (
    [
      [86_400, 'd'],
      [3_600, 'h'],
      [60, 'min'],
    ] as const
  ).find(([least]) => seconds >= 2 * least) ?? [1, 's'];
  return `${Number((seconds / size).toFixed(1))} ${unit}`;
}
