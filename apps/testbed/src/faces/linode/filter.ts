import { badRequest } from './errors.js';

type Item = Readonly<Record<string, unknown>>;

/** Fields of a list that it may be filtered by, as its documentation marks them; `entity.id` reaches into an object. */
export type Filterable = readonly string[];

type Comparison = (value: unknown, wanted: unknown) => boolean;

/** Linode API v4, Filtering and Sorting: operators. */
const comparisons: Readonly<Record<string, Comparison>> = {
  '+gt': (value, wanted) => (value as string) > (wanted as string),
  '+gte': (value, wanted) => (value as string) >= (wanted as string),
  '+lt': (value, wanted) => (value as string) < (wanted as string),
  '+lte': (value, wanted) => (value as string) <= (wanted as string),
  '+neq': (value, wanted) => value !== wanted,
  '+contains': (value, wanted) => String(value).includes(String(wanted)),
};
const orders = ['+order_by', '+order'];

/**
 * What a list shows where X-Filter says so: equal fields, the operators, `+and` and `+or`, and an order.
 * @throws LinodeError 400 for what is no filter, or names a field that there is none of.
 */
export function filtered<T extends Item>(items: readonly T[], filter: string | undefined, fields: Filterable): T[] {
  if (filter === undefined || filter.trim() === '') return [...items];
  const wanted = readFilter(filter);
  return sorted(
    items.filter((item) => matches(item, wanted, fields)),
    wanted,
    fields,
  );
}

function readFilter(text: string): Item {
  try {
    const filter: unknown = JSON.parse(text);
    if (typeof filter === 'object' && filter !== null && !Array.isArray(filter)) return filter as Item;
  } catch {
    // Said below.
  }
  throw badRequest('X-Filter is not valid JSON.');
}

function matches(item: Item, wanted: Item, fields: Filterable): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    if (name === '+and') return partsOf(value).every((part) => matches(item, part, fields));
    if (name === '+or') return partsOf(value).some((part) => matches(item, part, fields));
    return orders.includes(name) || fits(valueOf(item, name, fields), value);
  });
}

function fits(value: unknown, wanted: unknown): boolean {
  // A list, as of tags, fits when it has the one asked for.
  if (Array.isArray(value)) return value.some((one) => fits(one, wanted));
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  return Object.entries(wanted).every(([operator, other]) => {
    const compare = comparisons[operator];
    if (!compare) throw badRequest(`Invalid operator ${operator} in X-Filter.`);
    return compare(value, other);
  });
}

function partsOf(value: unknown): Item[] {
  if (Array.isArray(value)) return value as Item[];
  throw badRequest('+and and +or in X-Filter take a list.');
}

function valueOf(item: Item, name: string, fields: Filterable): unknown {
  if (!fields.includes(name)) throw badRequest(`Cannot filter on ${name}`);
  return name.split('.').reduce<unknown>((at, part) => (at as Item | null | undefined)?.[part], item);
}

function sorted<T extends Item>(items: readonly T[], wanted: Item, fields: Filterable): T[] {
  const name = wanted['+order_by'];
  if (typeof name !== 'string') return [...items];
  const direction = wanted['+order'] === 'desc' ? -1 : 1;
  const key = (item: T): string | number => valueOf(item, name, fields) as string | number;
  return [...items].sort((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? -direction : direction));
}
