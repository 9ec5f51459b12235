import type { Assessment, MeasuredAnswer } from '@cloud-agency/bus';
import { agreedLevel, type Numbered, type Span } from '@cloud-agency/sla';
import type { TermState, ViolationRow } from '../store/tables.js';
import { basisOf } from './basis.js';
import type { ReportedGuarantee } from './month-report.js';
import { violatedFor } from './rows.js';

export interface Known {
  readonly guarantees: readonly Numbered[];
  /** Those that hold now, each for its machine or group. */
  readonly terms: readonly TermState[];
  readonly violations: readonly ViolationRow[];
  /** Over the month so far. */
  readonly measures: readonly MeasuredAnswer['terms'][number][];
  /** What the monitor says at this moment, while the month goes on. */
  readonly running: Assessment | undefined;
  readonly span: Span;
}

/** Each guarantee of the month for each of its machines: those that hold, and those that were violated and hold no more. */
export function guaranteesIn(known: Known): readonly ReportedGuarantee[] {
  const past = pastTerms(known);
  return [
    ...known.terms.map((term) => reported(term, term.state, known)),
    ...past.map((term) => reported(term, null, known)),
  ].sort((a, b) => a.guarantee - b.guarantee);
}

/** Those that were violated and hold no more. */
export function pastTerms(known: Pick<Known, 'guarantees' | 'terms' | 'violations'>): readonly TermState[] {
  const gone = known.violations.flatMap(({ guarantee: index, term, of, resource, wanted, worst, unit }): TermState[] => {
    if (known.terms.some((one) => one.index === index && one.resource === resource)) return [];
    const side = worst < wanted ? 'at_least' : 'at_most';
    return [{ index, term, of, resource, wanted, unit, side, state: 'undefined', level: levelOf(known, index) }];
  });
  return [...new Map(gone.map((term) => [`${term.index} ${term.resource ?? ''}`, term])).values()];
}

const levelOf = ({ guarantees }: Pick<Known, 'guarantees'>, index: number): string =>
  guarantees.find((one) => one.index === index)?.level ?? agreedLevel;

function reported(term: TermState, state: string | null, known: Known): ReportedGuarantee {
  const { index, resource, wanted, unit, side } = term;
  const own = known.violations.filter((one) => one.guarantee === index && one.resource === resource);
  const running = known.running?.terms.find((one) => one.index === index && one.resource === resource);
  const month = known.measures.find((one) => one.index === index && one.resource === resource);
  return {
    ...{ guarantee: index, level: term.level ?? agreedLevel, term: term.term, of: term.of, resource, wanted, unit, side },
    ...basisOf(known.guarantees.find((one) => one.index === index)?.guarantee),
    state: running?.state ?? state,
    current: running?.measured ?? null,
    measured: rounded(month?.measured),
    budgetSpent: rounded(month?.spent),
    violations: own.length,
    violatedFor: violatedFor(own, known.span),
  };
}

const rounded = (value: number | null = null): number | null => (value === null ? null : Number(value.toFixed(6)));
