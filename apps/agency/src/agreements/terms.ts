import { agreedLevel, type BusinessValue, formatQuantity, type Guarantee, type Numbered, wantedOf } from '@cloud-agency/sla';
import type { ResourceRow, TermState } from '../store/tables.js';

type Machine = Pick<ResourceRow, 'id' | 'item'>;

/** The terms of guarantees that begin to hold, each undefined until the monitor knows enough: one for a group, else one for each machine of the item (OCCI.md 1.4). */
export function initialTerms(held: readonly Numbered[], resources: readonly Machine[]): readonly TermState[] {
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

/** The terms of an agreement whose guarantees or machines have changed: what is promised as before stands as it stood. */
export function termsAfter(
  stood: readonly TermState[],
  held: { readonly before: readonly Numbered[]; readonly after: readonly Numbered[] },
  machines: readonly Machine[],
): readonly TermState[] {
  const guaranteeAt = (all: readonly Numbered[], wanted: number) => all.find(({ index }) => index === wanted)?.guarantee;
  const isKept = (index: number): boolean => same(guaranteeAt(held.before, index), guaranteeAt(held.after, index));
  return initialTerms(held.after, machines).map((term) => {
    const before = stood.find(({ index, resource }) => index === term.index && resource === term.resource);
    return before && isKept(term.index) ? before : term;
  });
}

const same = (a: Guarantee | undefined, b: Guarantee | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function bound(guarantee: Guarantee): Pick<TermState, 'wanted' | 'unit'> {
  const { wanted, unit } = wantedOf(guarantee);
  return { wanted, unit };
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
