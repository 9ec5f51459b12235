import type { Guarantee } from '@cloud-agency/sla';
import type { ResourceRow, TermState } from '../store/tables.js';

/** The terms of a new agreement, each undefined until the monitor knows enough: one for a group, else one for each machine of the item (OCCI.md 1.4). */
export function initialTerms(
  guarantees: readonly Guarantee[],
  resources: readonly Pick<ResourceRow, 'id' | 'item'>[],
): readonly TermState[] {
  return guarantees.flatMap((guarantee, index): readonly TermState[] => {
    const term = { index, term: guarantee.term, of: guarantee.of, state: 'undefined' as const, ...bound(guarantee) };
    if (guarantee.scope.as === 'group') return [{ ...term, resource: null }];
    return resources.filter(({ item }) => item === guarantee.of).map(({ id }) => ({ ...term, resource: id }));
  });
}

function bound(guarantee: Guarantee): Pick<TermState, 'wanted' | 'unit'> {
  if (guarantee.term === 'response_time') return { wanted: guarantee.atMost, unit: 'ms' };
  return { wanted: Number((guarantee.atLeast * 100).toFixed(8)), unit: '%' };
}
