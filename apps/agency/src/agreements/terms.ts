import { agreedLevel, type BusinessValue, formatQuantity, type Guarantee, type Numbered } from '@cloud-agency/sla';
import type { ResourceRow, TermState } from '../store/tables.js';

/** The terms of guarantees that begin to hold, each undefined until the monitor knows enough: one for a group, else one for each machine of the item (OCCI.md 1.4). */
export function initialTerms(
  held: readonly Numbered[],
  resources: readonly Pick<ResourceRow, 'id' | 'item'>[],
): readonly TermState[] {
  return held.flatMap(({ index, level, guarantee }): readonly TermState[] => {
    const term = {
      index,
      term: guarantee.term,
      of: guarantee.of,
      state: 'undefined' as const,
      ...bound(guarantee),
      ...(level === agreedLevel ? {} : { level }),
      ...(guarantee.penalty && { remedy: remedy(guarantee.penalty) }),
    };
    if (guarantee.scope.as === 'group') return [{ ...term, resource: null }];
    return resources.filter(({ item }) => item === guarantee.of).map(({ id }) => ({ ...term, resource: id }));
  });
}

function bound(guarantee: Guarantee): Pick<TermState, 'wanted' | 'unit'> {
  if (guarantee.term === 'response_time') return { wanted: guarantee.atMost, unit: 'ms' };
  return { wanted: Number((guarantee.atLeast * 100).toFixed(8)), unit: '%' };
}

/** What a penalty is, in words: `10 % of the month's charge for each violation`. */
export function remedy(penalty: BusinessValue): string {
  const what =
    'amount' in penalty
      ? formatQuantity(penalty.amount, 'money')
      : `${formatQuantity(penalty.credit, 'fraction')} of the month's charge`;
  const each = penalty.per === 'violation' ? 'for each violation' : 'for each month with a violation';
  const most = penalty.cap < 1 ? `, at most ${formatQuantity(penalty.cap, 'fraction')} of the charge` : '';
  return `${what} ${each}${most}`;
}
