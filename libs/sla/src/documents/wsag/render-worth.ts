import type { BusinessValue, Worth } from '../call.js';
import { exactly } from '../exactly.js';
import { element, type Elements, leaf, own } from './build.js';

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
