import type { AvailabilityTarget, Constraint, Demand, Near, Need, NumberConstraint } from '../documents/call.js';
import { attributes } from '../vocabulary/attributes.js';
import { type Dimension, formatQuantity, parseQuantity } from '../vocabulary/quantity.js';
import type { Change } from './plan.js';
import { type Relaxation, relaxed } from './relaxation.js';

export type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

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

/** The relaxation with its bounds as the document can hold them: rounded to the looser side. */
export function writable(demand: Demand, relaxation: Relaxation): Relaxation {
  if (relaxation.of === 'availability' && relaxation.atLeast !== null)
    return { ...relaxation, atLeast: rounded(relaxation.atLeast, 'fraction', -1) };
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
  return constraint.type === 'number' ? attributes[constraint.attribute].dimension : 'distance';
}

/** Six significant digits are off by less than this share. */
const roundingShare = 6e-6;

function rounded(value: number, dimension: Dimension, side: 1 | -1): number {
  const near = parseQuantity(formatQuantity(value, dimension), dimension);
  if ((near - value) * side >= 0) return near;
  const past = dimension === 'fraction' ? value + side * 1e-9 : value * (1 + side * roundingShare);
  return parseQuantity(formatQuantity(past, dimension), dimension);
}

export function fieldOf(demand: Demand, relaxation: Relaxation): Field {
  switch (relaxation.of) {
    case 'require':
      return requirementField(demand, relaxation);
    case 'budget':
      return { item: null, path: 'budget.at_most', written: budgetOf };
    case 'spread':
      return atItem(relaxation.item, 'place.spread', ({ spread }) =>
        oneOrMore(spread.map(({ over, atMost }) => ({ over, at_most: atMost }))),
      );
    case 'apart':
      return atItem(relaxation.item, 'place.apart_from', ({ apartFrom }) => oneOrMore(apartFrom.map(({ item }) => item)));
    case 'with':
      return atItem(relaxation.item, 'place.with', ({ with: others = [] }) => oneOrMore(others.map(({ item }) => item)));
    case 'on-demand':
      return atItem(relaxation.item, 'require.market', floorOf);
    case 'availability':
      return targetField(demand, relaxation.index);
  }
}

function budgetOf({ budget }: Demand): Value | undefined {
  return budget && `${amount(budget.atMost)} USD/month`;
}

function floorOf({ onDemandAtLeast: floor }: Need): Value | undefined {
  return floor === undefined ? undefined : { on_demand_at_least: floor };
}

/** What is said of one item stands with it, what is said of several at the top, and all of that in one list. */
function targetField(demand: Demand, index: number): Field {
  const [item, ...others] = demand.availability?.[index]?.items ?? [];
  if (item !== undefined && others.length === 0) {
    const path = `resources.${item}.availability`;
    return { item, path, written: (within) => ownAvailability(within, item) };
  }
  const written = ({ availability = [] }: Demand) =>
    oneOrMore(
      availability.filter(({ items }) => items.length > 1).map((target) => ({ at_least: share(target), of: target.items })),
    );
  return { item: null, path: 'availability', written };
}

function ownAvailability(demand: Demand, item: string): Value | undefined {
  const target = demand.availability?.find(({ items }) => items.length === 1 && items[0] === item);
  const minUp = needOf(demand, item)?.minUp;
  if (!target && minUp === undefined) return undefined;
  return { ...(target && { at_least: share(target) }), ...(minUp !== undefined && { min_up: minUp }) };
}

function share({ atLeast }: AvailabilityTarget): string {
  return formatQuantity(atLeast, 'fraction');
}

function requirementField(demand: Demand, { item, index }: { readonly item: string; readonly index: number }): Field {
  const constraint = needOf(demand, item)?.require[index];
  const at = (name: string, write: (constraints: readonly Constraint[]) => Value | undefined): Field => ({
    item,
    path: `resources.${item}.require.${name}`,
    written: (within) => write(needOf(within, item)?.require ?? []),
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
      return at('max_price', priceValue);
    case undefined:
      return at('', () => undefined);
  }
}

function attributeValues(constraint: Constraint, attribute: string): readonly Value[] {
  if (!('attribute' in constraint) || constraint.attribute !== attribute) return [];
  switch (constraint.type) {
    case 'number':
      return [comparisonValue(constraint)];
    case 'numbers': {
      const { dimension } = attributes[constraint.attribute];
      return setValues(constraint, (value: number) => formatQuantity(value, dimension));
    }
    case 'text':
      return attribute === 'market' && (constraint.anyOf ?? []).length > 1 ? ['any'] : setValues(constraint, String);
  }
}

function comparisonValue({ attribute, comparison, value }: NumberConstraint): Value {
  const quantity = formatQuantity(value, attributes[attribute].dimension);
  return comparison === '=' ? quantity : `${comparison} ${quantity}`;
}

/** `[2, 4, { not: 8 }]` */
function setValues<T>(
  { anyOf = [], noneOf = [] }: { readonly anyOf?: readonly T[]; readonly noneOf?: readonly T[] },
  written: (member: T) => string,
): readonly Value[] {
  const not = oneOrMore(noneOf.map(written));
  return [...anyOf.map(written), ...(not === undefined ? [] : [{ not }])];
}

function placeValue(constraint: Constraint): Value | undefined {
  if (constraint.type !== 'place') return undefined;
  const { within, not, near } = constraint;
  const excluded = Object.keys(not).length > 0;
  return { ...within, ...(excluded && { not }), ...(near && { near: nearValue(near) }) };
}

function nearValue({ latitude, longitude, km }: Near): Value {
  return { latitude, longitude, within: formatQuantity(km, 'distance') };
}

/** One bound for any market, or one for each. */
function priceValue(constraints: readonly Constraint[]): Value | undefined {
  const caps = constraints.filter((constraint) => constraint.type === 'price');
  const [first] = caps;
  if (!first || first.market === undefined) return first && formatQuantity(first.atMost, 'price');
  return Object.fromEntries(caps.map(({ market, atMost }) => [market ?? '', formatQuantity(atMost, 'price')]));
}

function atItem(item: string, path: string, write: (need: Need) => Value | undefined): Field {
  const written = (demand: Demand) => {
    const need = needOf(demand, item);
    return need && write(need);
  };
  return { item, path: `resources.${item}.${path}`, written };
}

export function needOf({ needs }: Demand, item: string): Need | undefined {
  return needs.find((need) => need.item === item);
}

function oneOrMore(values: readonly Value[]): Value | undefined {
  return values.length > 1 ? values : values[0];
}

export function amount(value: number): string {
  return value.toFixed(2);
}

/** As it stands in a document, on one line. */
export function yaml(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return /^[A-Za-z0-9][\w .+/%-]*$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${yaml(each)}`)
    .join(', ')} }`;
}
