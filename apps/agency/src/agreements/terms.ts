import type { Guarantee } from '@cloud-agency/sla';
import type { ResourceRow, TermState } from '../store/tables.js';

type Machine = Pick<ResourceRow, 'id' | 'item'>;

/** The terms of a new agreement, each undefined until the monitor knows enough: one for a group, else one for each machine of the item (OCCI.md 1.4). */
export function initialTerms(guarantees: readonly Guarantee[], resources: readonly Machine[]): readonly TermState[] {
  return guarantees.flatMap((guarantee, index): readonly TermState[] => {
    const term = { index, term: guarantee.term, of: guarantee.of, state: 'undefined' as const, ...bound(guarantee) };
    if (guarantee.scope.as === 'group') return [{ ...term, resource: null }];
    return resources.filter(({ item }) => item === guarantee.of).map(({ id }) => ({ ...term, resource: id }));
  });
}

/** The terms of an agreement whose guarantees or machines have changed: what is promised as before stands as it stood. */
export function termsAfter(
  stood: readonly TermState[],
  guarantees: { readonly before: readonly Guarantee[]; readonly after: readonly Guarantee[] },
  machines: readonly Machine[],
): readonly TermState[] {
  const isKept = (index: number): boolean => same(guarantees.before[index], guarantees.after[index]);
  return initialTerms(guarantees.after, machines).map((term) => {
    const before = stood.find(({ index, resource }) => index === term.index && resource === term.resource);
    return before && isKept(term.index) ? before : term;
  });
}

const same = (a: Guarantee | undefined, b: Guarantee | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function bound(guarantee: Guarantee): Pick<TermState, 'wanted' | 'unit'> {
  if (guarantee.term === 'response_time') return { wanted: guarantee.atMost, unit: 'ms' };
  return { wanted: Number((guarantee.atLeast * 100).toFixed(8)), unit: '%' };
}
