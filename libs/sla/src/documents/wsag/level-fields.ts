import type { BusinessValue, Guarantee, ServiceLevel } from '../call.js';
import { exactly } from '../exactly.js';
import type { Value } from './build.js';

const time = (ms: number): string => exactly(ms, 'duration');
const share = (fraction: number): string => exactly(fraction, 'fraction');

/** WS-Agreement knows no levels: one is written as the call document has it. */
export const levelFields = ({ name, after, backAfter, guarantees }: ServiceLevel): Value => ({
  name,
  after: `${after.times} per ${time(after.per)}`,
  back_after: time(backAfter),
  guarantees: guarantees.map(guaranteeFields),
});

function guaranteeFields(guarantee: Guarantee): Value {
  const { term, of, over, importance, penalty, reward } = guarantee;
  return {
    term,
    of,
    ...boundOf(guarantee),
    over: time(over),
    importance,
    penalty: penalty && valueFields(penalty),
    reward: reward && valueFields(reward),
  };
}

function boundOf(guarantee: Guarantee): Readonly<Record<string, Value | undefined>> {
  if (guarantee.term === 'response_time') return { percentile: guarantee.percentile, at_most: time(guarantee.atMost) };
  const { scope, atLeast } = guarantee;
  return { as: scope.as, min_up: scope.as === 'group' ? scope.minUp : undefined, at_least: share(atLeast) };
}

const valueFields = (value: BusinessValue): Value => ({
  ...('amount' in value ? { amount: exactly(value.amount, 'money') } : { credit: share(value.credit), of: value.of }),
  per: value.per,
  cap: value.cap < 1 ? share(value.cap) : undefined,
});
