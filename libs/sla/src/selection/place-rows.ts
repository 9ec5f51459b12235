import type { PlaceLevel } from '../vocabulary/names.js';
import { placeKey } from '../vocabulary/place.js';
import { apartPairs } from './candidates.js';
import { type Draft, ones, placedAt } from './draft.js';

/** Where machines may stand: spread, apart, with, and how many of them on demand. */
export function placeRows(draft: Draft): void {
  if (!draft.without.has('spread')) spreads(draft);
  if (!draft.without.has('apart')) aparts(draft);
  if (!draft.without.has('with')) withs(draft);
  if (!draft.without.has('on-demand floor')) floors(draft);
}

function spreads(draft: Draft): void {
  draft.problem.items.forEach(({ need, count }, item) => {
    for (const { over, atMost } of need.spread) {
      for (const [place, columns] of byPlace(draft, item, over)) {
        const left = Math.max(0, atMost - placedThere(draft, item, over, place));
        if (left < count && columns.length > 1) draft.add(ones(columns), '<=', left);
      }
    }
  });
}

/** One of two items has a place: at most one of them is there at all. */
function aparts(draft: Draft): void {
  for (const { a, b, over } of apartPairs(draft.problem.demand)) {
    const [first, second] = [a, b].map((name) => byPlace(draft, draft.indexOf(name), over));
    for (const [place, ofA] of first ?? []) {
      const ofB = second?.get(place);
      if (ofB) exclude(draft, ofA, ofB);
    }
  }
}

function exclude(draft: Draft, ofA: readonly number[], ofB: readonly number[]): void {
  const [mostA, mostB] = [draft.most(ofA), draft.most(ofB)];
  if (mostA <= 1 && mostB <= 1) {
    draft.add([...ones(ofA), ...ones(ofB)], '<=', 1);
    return;
  }
  const chosen = draft.helper();
  draft.add([...ones(ofA), { column: chosen, coefficient: -mostA }], '<=', 0);
  draft.add([...ones(ofB), { column: chosen, coefficient: mostB }], '<=', mostB);
}

/** In a place with one machine of the other any number may stand, in one with none none: counts are whole, so no column has to say which. */
function withs(draft: Draft): void {
  draft.problem.items.forEach(({ need }, item) => {
    for (const { item: name, over } of need.with ?? []) {
      const other = draft.indexOf(name);
      const others = byPlace(draft, other, over);
      const own = byPlace(draft, item, over);
      for (const [place, columns] of own) {
        const most = draft.most(columns);
        if (most === 0 || placedThere(draft, other, over, place) > 0) continue;
        const beside = (others.get(place) ?? []).map((column) => ({ column, coefficient: -most }));
        draft.add([...ones(columns), ...beside], '<=', 0);
      }
      for (const place of placesFixed(draft, item, over))
        if (placedThere(draft, other, over, place) === 0) draft.add(ones(others.get(place) ?? []), '>=', 1);
    }
  });
}

function floors(draft: Draft): void {
  draft.problem.items.forEach(({ need }, item) => {
    if (!need.onDemandAtLeast) return;
    const columns = draft.columnsOf(item).filter((column) => draft.candidates[column]?.offer.market === 'on-demand');
    draft.add(ones(columns), '>=', need.onDemandAtLeast - placedAt(draft.problem, item, ({ market }) => market === 'on-demand'));
  });
}

function byPlace(draft: Draft, item: number, over: PlaceLevel): ReadonlyMap<string, readonly number[]> {
  return draft.grouped(item, ({ offer }) => placeKey(offer, over) ?? '');
}

function placedThere({ problem }: Draft, item: number, over: PlaceLevel, place: string): number {
  return placedAt(problem, item, (offer) => placeKey(offer, over) === place);
}

function placesFixed({ problem }: Draft, item: number, over: PlaceLevel): ReadonlySet<string> {
  const own = problem.fixed.filter((placed) => placed.item === problem.items[item]?.need.item);
  return new Set(own.map(({ offer }) => placeKey(offer, over)).filter((place) => place !== null));
}
