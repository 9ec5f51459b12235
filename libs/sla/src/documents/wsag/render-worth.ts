import { exactly } from '../exactly.js';
import { element, type Elements, leaf, own } from './build.js';

/** What a guarantee is worth, where anything is said of it. */
export interface Worth {
  readonly importance?: number;
  readonly penalty?: BusinessValue;
  readonly reward?: BusinessValue;
}
/** A share (0..1) of the charge, or an amount in USD; never more than `cap` (0..1) of a month's charge. */
type BusinessValue = { readonly per: 'violation' | 'month'; readonly cap: number } & (
  { readonly credit: number; readonly of: 'charge' } | { readonly amount: number }
);

/** As the list that every guarantee term has: see `readWorth`. */
export const businessValues = ({ importance, penalty, reward }: Worth): Elements =>
  element(
    'wsag:BusinessValueList',
    {},
    importance === undefined ? [] : leaf('wsag:Importance', String(importance)),
    compensation('wsag:Penalty', penalty),
    compensation('wsag:Reward', reward),
  );

function compensation(name: string, value: BusinessValue | undefined): Elements {
  if (!value) return [];
  const { per, cap } = value;
  const [unit, expression] = 'credit' in value ? [value.of, exactly(value.credit, 'fraction')] : ['USD', String(value.amount)];
  return element(
    name,
    {},
    element('wsag:AssessmentInterval', {}, per === 'month' ? leaf('wsag:TimeInterval', 'P1M') : leaf('wsag:Count', '1')),
    leaf('wsag:ValueUnit', unit),
    cap === 1
      ? leaf('wsag:ValueExpression', expression)
      : element('wsag:ValueExpression', {}, own('expression', expression), own('cap', exactly(cap, 'fraction'))),
  );
}
