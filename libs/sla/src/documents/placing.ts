import { placeLevels } from '../vocabulary/names.js';
import type { Need, Spread } from './call.js';
import { choice, mapping, oneOrMore, type Reader, text, wholeNumber } from './fields.js';
import type { Problems } from './problems.js';
import { positionOf, type Source } from './source.js';

export type Placement = Pick<Need, 'spread' | 'apartFrom' | 'with'>;

/** `{ spread: { over: region, at_most: 1 }, apart_from: [db], with: cache, over: zone }`; `over` is for both of the latter. */
export const placing: Reader<Placement> = mapping((fields) => {
  const spread = fields.optional('spread', oneOrMore(spreading)) ?? [];
  const apart = fields.optional('apart_from', oneOrMore(text())) ?? [];
  const together = fields.optional('with', oneOrMore(text())) ?? [];
  const over = fields.optional('over', choice(placeLevels)) ?? 'zone';
  const related = (items: readonly string[]) => [...new Set(items)].map((item) => ({ item, over }));
  return { spread, apartFrom: related(apart), ...(together.length > 0 && { with: related(together) }) };
});

const spreading: Reader<Spread> = mapping((fields) => {
  const over = fields.required('over', choice(placeLevels));
  const atMost = fields.optional('at_most', wholeNumber(1, 1000)) ?? 1;
  return over && { over, atMost };
});

/** Checks the names that items use for each other. */
export function checkReferences(
  items: ReadonlyMap<string, { readonly need: Need; readonly source: Source }>,
  problems: Problems,
): void {
  const names = [...items.keys()];
  for (const { need, source } of items.values()) {
    const check = (field: string, others: readonly { readonly item: string }[], itself: string, hint: string) => {
      const place = { path: `${source.path}.place.${field}`, at: positionOf(source, 'place', field) };
      for (const { item } of others)
        if (item === need.item) problems.add(place, itself, hint);
        else if (!items.has(item)) problems.add(place, `there is no item "${item}"`, `the items are ${names.join(', ')}`);
    };
    check('apart_from', need.apartFrom, `${need.item} cannot be apart from itself`, 'use spread');
    check('with', need.with ?? [], `${need.item} is always with itself`, 'name another item');
  }
}
