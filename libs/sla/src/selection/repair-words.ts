import type { AvailabilityTarget, Demand } from '../documents/call.js';
import { describePlaces } from '../vocabulary/place.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import { type Loosened, type Relaxation, relaxed } from './relaxation.js';
import { amount, fieldOf, needOf, type Value, yaml } from './repair-fields.js';

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

/** What a constraint is called: as its author wrote it, or by its field. */
export function nameOf(demand: Demand, relaxation: Relaxation): string {
  if (relaxation.of === 'require') return needOf(demand, relaxation.item)?.require[relaxation.index]?.text ?? '';
  const { path, written } = fieldOf(demand, relaxation);
  const field = relaxation.of === 'budget' ? 'budget' : (path.split('.').at(-1) ?? path);
  return `${field}: ${yaml(written(demand) ?? '')}`;
}

/** What it would be then: as the document has it, or for places in words; nothing where it would be gone. */
export function looserOf(demand: Demand, relaxation: Relaxation): string {
  const after = relaxed(demand, [relaxation]);
  if (relaxation.of === 'require') {
    const place = needOf(after, relaxation.item)?.require.find(({ type }) => type === 'place');
    const before = needOf(demand, relaxation.item)?.require[relaxation.index];
    if (before?.type === 'place') return place?.type === 'place' ? describePlaces(place.within, place.not) : 'anywhere';
  }
  const written = fieldOf(demand, relaxation).written(after);
  return written === undefined ? 'not required' : yaml(written);
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
  if (upper !== undefined)
    parts.push(`${item} within ${formatQuantity(upper, 'distance')} instead of ${formatQuantity(km ?? 0, 'distance')}`);
  return parts.join(' and ');
}

/** Comparisons hold all together, members of a set one or the other. */
function spoken(value: Value | undefined, and: 'and' | 'or'): string {
  const values: readonly Value[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return values.map((each) => (typeof each === 'object' ? yaml(each).slice(2, -2) : String(each))).join(` ${and} `);
}
