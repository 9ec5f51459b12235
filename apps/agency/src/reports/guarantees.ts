import type { Assessment, DaysAnswer } from '@cloud-agency/bus';
import { agreedLevel, type Charge, duration, type Guarantee, type Month, type Numbered, type Span } from '@cloud-agency/sla';
import type { TermState, ViolationRow } from '../store/tables.js';
import type { ReportedGuarantee } from './month-report.js';
import { violatedFor } from './rows.js';

export interface Known {
  readonly guarantees: readonly Numbered[];
  /** Those that hold now, each for its machine or group. */
  readonly terms: readonly TermState[];
  readonly violations: readonly ViolationRow[];
  /** Of the month so far, by machine, and the ranks that its percentiles are of. */
  readonly whole: DaysAnswer['whole'];
  readonly ranks: readonly number[];
  /** What the monitor says at this moment, while the month goes on. */
  readonly running: Assessment | undefined;
  readonly span: Span;
  readonly month: Month;
  readonly charges: readonly Charge[];
}

/** Which percentiles of response times a report needs: those of every day, and those that are promised. */
export const ranksOf = (guarantees: readonly Numbered[]): readonly number[] =>
  [...new Set([50, 95, 99, ...guarantees.flatMap(({ guarantee }) => promisedRank(guarantee) ?? [])])].slice(0, 10);

/** Each guarantee of the month for each of its machines: those that hold, and those that were violated and hold no more. */
export function guaranteesIn(known: Known): readonly ReportedGuarantee[] {
  const gone = known.violations.flatMap(({ guarantee: index, term, of, resource, wanted, unit }): TermState[] =>
    known.terms.some((one) => one.index === index && one.resource === resource)
      ? []
      : [{ index, term, of, resource, wanted, unit, state: 'undefined', level: levelOf(known, index) }],
  );
  const past = [...new Map(gone.map((term) => [`${term.index} ${term.resource ?? ''}`, term])).values()];
  return [
    ...known.terms.map((term) => reported(term, term.state, known)),
    ...past.map((term) => reported(term, null, known)),
  ].sort((a, b) => a.guarantee - b.guarantee);
}

const levelOf = ({ guarantees }: Known, index: number): string =>
  guarantees.find((one) => one.index === index)?.level ?? agreedLevel;

function reported(term: TermState, state: string | null, known: Known): ReportedGuarantee {
  const { index, resource, wanted, unit } = term;
  const own = known.violations.filter((one) => one.guarantee === index && one.resource === resource);
  const running = known.running?.terms.find((one) => one.index === index && one.resource === resource);
  const guarantee = known.guarantees.find((one) => one.index === index)?.guarantee;
  return {
    ...{ guarantee: index, level: term.level ?? agreedLevel, term: term.term, of: term.of, resource, wanted, unit },
    state: running?.state ?? state,
    current: running?.measured ?? null,
    ...overMonth(guarantee, resource, known),
    violations: own.length,
    violatedFor: violatedFor(own, known.span),
  };
}

/** What the days of a machine say of a guarantee that is about it alone. */
function overMonth(
  guarantee: Guarantee | undefined,
  resource: string | null,
  known: Known,
): Pick<ReportedGuarantee, 'measured' | 'budgetSpent'> {
  const { whole, ranks } = known;
  const days = whole.find((one) => one.resource === resource);
  if (!guarantee || !days || days.probes === 0) return { measured: null, budgetSpent: null };
  if (guarantee.term === 'availability') {
    const up = days.answered / days.probes;
    return { measured: percent(up), budgetSpent: budgetSpent(1 - up, 1 - guarantee.atLeast, resource, known) };
  }
  const rank = promisedRank(guarantee);
  return { measured: rank === undefined ? null : (days.percentiles[ranks.indexOf(rank)] ?? null), budgetSpent: null };
}

/** The allowance is that of the whole month, from its first day on, as a guarantee's own window has it. */
function budgetSpent(failed: number, allowed: number, resource: string | null, { charges, span, month }: Known): number | null {
  const lived = duration(
    charges.filter((charge) => charge.resource === resource),
    span,
  );
  return allowed > 0 ? rounded((failed * lived) / (allowed * (month.until - month.from))) : null;
}

const promisedRank = (guarantee: Guarantee): number | undefined =>
  guarantee.term === 'response_time' ? guarantee.percentile : undefined;

const percent = (share: number): number => Number((share * 100).toFixed(6));
const rounded = (value: number): number => Number(value.toFixed(6));
