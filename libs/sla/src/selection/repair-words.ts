import type { AvailabilityTarget, Constraint, Demand, Need } from '../documents/call.js';
import { attributes } from '../vocabulary/attributes.js';
import { type Dimension, formatQuantity, parseQuantity } from '../vocabulary/quantity.js';
import type { Change } from './plan.js';
import { type Loosened, type Relaxation, relaxed } from './relaxation.js';

type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

/** Where a constraint stands in the document, and what a demand has there; undefined: nothing. */
interface Field {
  readonly item: string | null;
  readonly path: string;
  readonly written: (demand: Demand) => Value | undefined;
}

/** What to write instead in the document, field by field. Two constraints of one field are one change. */
export function changesOf(demand: Demand, relaxations: readonly Relaxation[]): readonly Change[] {
  const after = relaxed(demand, relaxations);
  const changes = new Map<string, Change>();
  for (const relaxation of relaxations) {
    const { item, path, written } = fieldOf(demand, relaxation);
    const to = written(after);
    const size = relaxation.size + (changes.get(path)?.size ?? 0);
    changes.set(path, { item, path, from: yaml(written(demand) ?? ''), to: to === undefined ? null : yaml(to), size });
  }
  return [...changes.values()];
}

/** A person's words for it: `web memory >= 16 GiB instead of >= 32 GiB`. */
export function wordsOf(demand: Demand, relaxation: Relaxation): string {
  switch (relaxation.of) {
    case 'require':
      return requirementWords(demand, relaxation);
    case 'budget':
      return budgetWords(demand, relaxation);
    case 'spread':
      return spreadWords(demand, relaxation);
    case 'apart':
    case 'with':
      return pairWords(demand, relaxation);
    case 'on-demand':
      return onDemandWords(demand, relaxation);
    case 'availability':
      return targetWords(relaxation.atLeast, demand.availability?.[relaxation.index]);
  }
}

type Of<K extends Relaxation['of']> = Extract<Relaxation, { readonly of: K }>;

function budgetWords({ budget }: Demand, { atMost }: Of<'budget'>): string {
  return `a budget of ${amount(atMost)} instead of ${amount(budget?.atMost ?? 0)} USD a month`;
}

function spreadWords(demand: Demand, { item, index, atMost }: Of<'spread'>): string {
  const spread = needOf(demand, item)?.spread[index];
  return `at most ${atMost} instead of ${spread?.atMost ?? 0} machines of ${item} in one ${spread?.over ?? 'place'}`;
}

function pairWords(demand: Demand, { of, item, index }: Of<'apart' | 'with'>): string {
  const need = needOf(demand, item);
  const pair = of === 'apart' ? need?.apartFrom[index] : need?.with?.[index];
  return `${item} not kept ${of === 'apart' ? 'apart from' : 'with'} ${pair?.item ?? ''} over ${pair?.over ?? ''}`;
}

function onDemandWords(demand: Demand, { item, atLeast }: Of<'on-demand'>): string {
  const before = needOf(demand, item)?.onDemandAtLeast ?? 0;
  return `at least ${atLeast} instead of ${before} machines of ${item} on demand`;
}

function targetWords(atLeast: number | null, target: AvailabilityTarget | undefined): string {
  if (atLeast === null || !target) return `no target "${target?.text ?? ''}"`;
  const [to, from] = [atLeast, target.atLeast].map((share) => formatQuantity(share, 'fraction'));
  return `an availability of ${target.items.join(' and ')} of at least ${to} instead of ${from}`;
}

/** The relaxation with its bounds as the document can hold them: rounded to the looser side. */
export function writable(demand: Demand, relaxation: Relaxation): Relaxation {
  if (relaxation.of !== 'require' || relaxation.loosened === 'out') return relaxation;
  const constraint = needOf(demand, relaxation.item)?.require[relaxation.index];
  const { lower, upper, members } = relaxation.loosened;
  const dimension = constraint ? dimensionOf(constraint) : 'number';
  return {
    ...relaxation,
    loosened: {
      ...(lower !== undefined && { lower: rounded(lower, dimension, -1) }),
      ...(upper !== undefined && { upper: rounded(upper, dimension, 1) }),
      members,
    },
  };
}

function dimensionOf(constraint: Constraint): Dimension {
  if (constraint.type === 'price') return 'price';
  return constraint.type === 'number' ? attributes[constraint.attribute].dimension : 'number';
}

/** Six significant digits are off by less than this share. */
const roundingShare = 6e-6;

function rounded(value: number, dimension: Dimension, side: 1 | -1): number {
  const near = parseQuantity(formatQuantity(value, dimension), dimension);
  if ((near - value) * side >= 0) return near;
  const past = dimension === 'fraction' ? value + side * 1e-9 : value * (1 + side * roundingShare);
  return parseQuantity(formatQuantity(past, dimension), dimension);
}

function requirementWords(demand: Demand, relaxation: Of<'require'>): string {
  const { item, index, loosened } = relaxation;
  const constraint = needOf(demand, item)?.require[index];
  if (!constraint) return item;
  if (loosened === 'out') return `${item} without "${constraint.text}"`;
  if (constraint.type === 'place') return placeWords(item, loosened, constraint.near?.km);
  const { path, written } = fieldOf(demand, relaxation);
  const and = constraint.type === 'number' ? 'and' : 'or';
  const to = spoken(written(relaxed(demand, [relaxation])), and);
  return `${item} ${path.split('.').at(-1) ?? ''} ${to} instead of ${spoken(written(demand), and)}`;
}

function placeWords(item: string, { upper, members }: Exclude<Loosened, 'out'>, km: number | undefined): string {
  const parts = members.map(({ list, name }) => {
    const [side, level] = list.split('.');
    return side === 'not' ? `${item} not kept out of ${level ?? ''} ${name}` : `${item} also in ${level ?? ''} ${name}`;
  });
  if (upper !== undefined) parts.push(`${item} within ${Math.ceil(upper)} instead of ${km ?? 0} km`);
  return parts.join(' and ');
}

function fieldOf(demand: Demand, relaxation: Relaxation): Field {
  switch (relaxation.of) {
    case 'require':
      return requirementField(needOf(demand, relaxation.item)?.require[relaxation.index], relaxation.item);
    case 'budget':
      return { item: null, path: 'budget.at_most', written: ({ budget }) => budget && `${amount(budget.atMost)} USD/month` };
    case 'spread':
      return placing(relaxation.item, 'spread', ({ spread }) =>
        oneOrMore(spread.map(({ over, atMost }) => ({ over, at_most: atMost }))),
      );
    case 'apart':
      return placing(relaxation.item, 'apart_from', ({ apartFrom }) => oneOrMore(apartFrom.map(({ item }) => item)));
    case 'with':
      return placing(relaxation.item, 'with', ({ with: together = [] }) => oneOrMore(together.map(({ item }) => item)));
    case 'on-demand':
      return placing(relaxation.item, 'on_demand', ({ onDemandAtLeast }) => onDemandAtLeast);
    case 'availability':
      return targetField(demand, relaxation.index);
  }
}

function targetField({ availability }: Demand, index: number): Field {
  const text = availability?.[index]?.text;
  const written = (demand: Demand) => {
    const target = demand.availability?.find((each) => each.text === text);
    return target && formatQuantity(target.atLeast, 'fraction');
  };
  return { item: null, path: `availability.${index}.at_least`, written };
}

function requirementField(constraint: Constraint | undefined, item: string): Field {
  const at = (name: string, write: (constraints: readonly Constraint[]) => Value | undefined): Field => ({
    item,
    path: `resources.${item}.require.${name}`,
    written: (demand) => write(needOf(demand, item)?.require ?? []),
  });
  switch (constraint?.type) {
    case 'number':
    case 'numbers':
    case 'text': {
      const { attribute } = constraint;
      return at(attribute, (all) => oneOrMore(all.flatMap((each) => attributeValues(each, attribute))));
    }
    case 'place':
      return at('region', (all) => all.map(placeValue).find((value) => value !== undefined));
    case 'price':
      return at('max_price', (all) => oneOrMore(all.flatMap((each) => (each.type === 'price' ? [priceValue(each)] : []))));
    case undefined:
      return at('', () => undefined);
  }
}

function attributeValues(constraint: Constraint, attribute: string): readonly Value[] {
  if (!('attribute' in constraint) || constraint.attribute !== attribute) return [];
  if (constraint.type === 'number') {
    const quantity = formatQuantity(constraint.value, attributes[constraint.attribute].dimension);
    return [constraint.comparison === '=' ? quantity : `${constraint.comparison} ${quantity}`];
  }
  const written =
    constraint.type === 'numbers'
      ? (value: number | string) => formatQuantity(Number(value), attributes[constraint.attribute].dimension)
      : String;
  const [anyOf, noneOf] = [constraint.anyOf ?? [], constraint.noneOf ?? []];
  if (attribute === 'market' && anyOf.length > 1) return ['any'];
  return [...anyOf.map(written), ...noneOf.map((name) => `!= ${written(name)}`)];
}

function placeValue(constraint: Constraint): Value | undefined {
  if (constraint.type !== 'place') return undefined;
  const { within, not, near } = constraint;
  const excluded = Object.keys(not).length > 0;
  return { ...within, ...(excluded && { not }), ...(near && { near: { ...near } }) };
}

function priceValue({ atMost }: Constraint & { readonly type: 'price' }): Value {
  return formatQuantity(atMost, 'price');
}

function placing(item: string, name: string, write: (need: Need) => Value | undefined): Field {
  const written = (demand: Demand) => {
    const need = needOf(demand, item);
    return need && write(need);
  };
  return { item, path: `resources.${item}.place.${name}`, written };
}

function needOf({ needs }: Demand, item: string): Need | undefined {
  return needs.find((need) => need.item === item);
}

function oneOrMore(values: readonly Value[]): Value | undefined {
  return values.length > 1 ? values : values[0];
}

function amount(value: number): string {
  return value.toFixed(2);
}

/** Comparisons hold all together, members of a set one or the other. */
function spoken(value: Value | undefined, and: 'and' | 'or'): string {
  const values = Array.isArray(value) ? value : [value];
  return values.map(String).join(` ${and} `);
}

/** As it stands in a document, on one line. */
function yaml(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return /^[A-Za-z0-9][\w .+/%-]*$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${yaml(each)}`)
    .join(', ')} }`;
}
