import type { Guarantee } from '../call.js';
import { exactly } from '../exactly.js';
import { resourcePath } from './render-constraints.js';
import { businessValues } from './render-worth.js';
import { element, leaf, own, type Elements } from './build.js';

/** For each item the variables that its guarantees are about, then the guarantees. */
export function renderGuarantees(guarantees: readonly Guarantee[]): readonly Elements[] {
  const items = [...new Set(guarantees.map(({ of }) => of))];
  return [
    ...items.map((item) =>
      measured(
        item,
        guarantees.filter(({ of }) => of === item),
      ),
    ),
    ...guarantees.map((guarantee, index) => promised(guarantee, index)),
  ];
}

function measured(item: string, guarantees: readonly Guarantee[]): Elements {
  const terms = [...new Set(guarantees.map(({ term }) => term))];
  const variables = terms.map((term) =>
    element('wsag:Variable', { 'wsag:Name': term, 'wsag:Metric': term }, leaf('wsag:Location', resourcePath(item, term))),
  );
  return element(
    'wsag:ServiceProperties',
    { 'wsag:Name': `${item}-measured`, 'wsag:ServiceName': item },
    element('wsag:VariableSet', {}, ...variables),
  );
}

/** Of the guarantee at this place in the call, from 0. */
export const guaranteeName = (index: number): string => `guarantee-${index + 1}`;

function promised(guarantee: Guarantee, index: number): Elements {
  const { term, of, over } = guarantee;
  return element(
    'wsag:GuaranteeTerm',
    { 'wsag:Name': guaranteeName(index), 'wsag:Obligated': 'ServiceProvider' },
    element('wsag:ServiceScope', { 'wsag:ServiceName': of }),
    element(
      'wsag:ServiceLevelObjective',
      {},
      element(
        'wsag:KPITarget',
        {},
        leaf('wsag:KPIName', term),
        element('wsag:CustomServiceLevel', {}, level(guarantee), own('over', exactly(over, 'duration'))),
      ),
    ),
    businessValues(guarantee),
  );
}

function level(guarantee: Guarantee): Elements {
  switch (guarantee.term) {
    case 'availability':
      return [
        ...own('expression', `>= ${exactly(guarantee.atLeast, 'fraction')}`),
        ...own('as', guarantee.scope.as),
        ...own('min_up', guarantee.scope.as === 'group' ? guarantee.scope.minUp : undefined),
      ];
    case 'response_time':
      return [...own('expression', `<= ${exactly(guarantee.atMost, 'duration')}`), ...own('percentile', guarantee.percentile)];
  }
}
