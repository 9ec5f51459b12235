import type { Guarantee } from '../call.js';
import { boundFields, guaranteeFields } from '../guarantee-fields.js';
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
  const { term, of } = guarantee;
  return element(
    'wsag:GuaranteeTerm',
    { 'wsag:Name': guaranteeName(index), 'wsag:Obligated': 'ServiceProvider' },
    element('wsag:ServiceScope', { 'wsag:ServiceName': of }),
    qualifying(guarantee),
    element(
      'wsag:ServiceLevelObjective',
      {},
      element('wsag:KPITarget', {}, leaf('wsag:KPIName', term), element('wsag:CustomServiceLevel', {}, level(guarantee))),
    ),
    businessValues(guarantee),
  );
}

const qualifiers = ['during', 'holidays', 'except', 'when'];
/** What stands elsewhere in the term. */
const elsewhere = ['term', 'of', 'at_least', 'at_most', 'importance', 'penalty', 'reward', ...qualifiers];

/** When it applies: a schedule alone as it is written. */
function qualifying(guarantee: Guarantee): Elements {
  const { during } = guarantee;
  const said = Object.entries(guaranteeFields(guarantee)).filter(
    ([name, value]) => qualifiers.includes(name) && value !== undefined,
  );
  if (said.length === 0) return [];
  if (said.length === 1 && during !== undefined) return leaf('wsag:QualifyingCondition', during);
  return element('wsag:QualifyingCondition', {}, ...said.map(([name, value]) => own(name, value)));
}

/** The bound as an expression; of two the lower one, and the upper one beside it. */
function level(guarantee: Guarantee): Elements {
  const { at_least: atLeast, at_most: atMost } = boundFields(guarantee);
  const both = atLeast !== undefined && atMost !== undefined;
  const fields = Object.entries(guaranteeFields(guarantee)).filter(([name]) => !elsewhere.includes(name));
  return [
    ...own('expression', atLeast === undefined ? `<= ${atMost ?? ''}` : `>= ${atLeast}`),
    ...(both ? own('at_most', atMost) : []),
    ...fields.flatMap(([name, value]) => own(name, value)),
  ];
}
