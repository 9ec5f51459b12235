import type { Constraint, Demand, Need, NumberConstraint, PlaceConstraint } from './call.js';
import type { Place, Problems } from './problems.js';
import { type Item, positionOf } from './resources.js';

/**
 * Finds what no offer and no plan can ever meet, as far as the document alone tells. Whether vendors have anything to offer
 * is another question, answered by the selection.
 */
export function checkConsistency(items: readonly Item[], chosen: Pick<Demand, 'policy'>, problems: Problems): void {
  for (const item of items) {
    const at = within(item, 'require');
    for (const message of conflicts(item.need.require)) problems.contradiction(at, message);
    checkSpread(item, problems);
    checkApart(item, items, problems);
    if (chosen.policy === 'lowest-cost' && item.need.prefer.length > 0) {
      problems.contradiction(
        within(item, 'prefer'),
        'the policy lowest-cost looks at cost alone: use weighted, or drop the preferences',
      );
    }
  }
}

function within(item: Item, ...path: readonly string[]): Place {
  return { path: [item.source.path, ...path].join('.'), at: positionOf(item.source, ...path) };
}

function conflicts(constraints: readonly Constraint[]): readonly string[] {
  return [
    ...byAttribute(constraints.filter((constraint) => constraint.type === 'number'))
      .filter(emptyInterval)
      .map((group) => `nothing can have ${group.map((constraint) => constraint.text).join(' and ')}`),
    ...wordConflicts(constraints),
    ...constraints
      .filter((constraint) => constraint.type === 'place')
      .filter(emptyPlaces)
      .map((constraint) => `no place is in ${constraint.text}`),
  ];
}

function byAttribute<T extends { readonly attribute: string }>(constraints: readonly T[]): readonly (readonly T[])[] {
  const names = [...new Set(constraints.map(({ attribute }) => attribute))];
  return names.map((name) => constraints.filter(({ attribute }) => attribute === name));
}

function emptyInterval(group: readonly NumberConstraint[]): boolean {
  const low = strongest(group, ['>=', '>', '='], Math.max, 0);
  const high = strongest(group, ['<=', '<', '='], Math.min, Infinity);
  if (low > high) return true;
  const open = group.some(
    ({ comparison, value }) => (comparison === '>' && value === high) || (comparison === '<' && value === low),
  );
  const excluded = low === high && group.some(({ comparison, value }) => comparison === '!=' && value === low);
  return (
    (open && low === high) || excluded || (low === 0 && group.some(({ comparison, value }) => comparison === '<' && value === 0))
  );
}

function strongest(
  group: readonly NumberConstraint[],
  comparisons: readonly string[],
  pick: (...values: number[]) => number,
  otherwise: number,
): number {
  return pick(otherwise, ...group.filter(({ comparison }) => comparisons.includes(comparison)).map(({ value }) => value));
}

function wordConflicts(constraints: readonly Constraint[]): readonly string[] {
  return byAttribute(constraints.filter((constraint) => constraint.type === 'text'))
    .filter((group) => {
      const noneOf = new Set(group.flatMap((constraint) => constraint.noneOf ?? []));
      const anyOf = group.flatMap((constraint) => constraint.anyOf ?? []);
      return anyOf.length > 0 && anyOf.every((word) => noneOf.has(word));
    })
    .map((group) => `nothing can have ${group.map((constraint) => constraint.text).join(' and ')}`);
}

const levels = ['continent', 'country', 'city', 'vendor', 'region', 'zone'] as const;

/** Empty when every name allowed at some level is excluded by a `not` that speaks of this level alone. */
function emptyPlaces({ within: set, not }: PlaceConstraint): boolean {
  const excluded = levels.filter((level) => not[level]);
  if (excluded.length === 0) return false;
  return excluded.every((level) => {
    const names = set[level];
    return names !== undefined && names.every((name) => not[level]?.includes(name));
  });
}

/** Names that are the same place for every vendor; region and zone names are not. */
function namesAt(need: Need, level: string): readonly string[] | undefined {
  if (level !== 'continent' && level !== 'country' && level !== 'vendor') return undefined;
  for (const constraint of need.require) {
    if (constraint.type !== 'place') continue;
    const names = constraint.within[level];
    if (names) return names.filter((name) => !constraint.not[level]?.includes(name));
  }
  return undefined;
}

function checkSpread(item: Item, problems: Problems): void {
  for (const { over, atMost } of item.need.spread) {
    const places = namesAt(item.need, over);
    if (!places || item.need.count <= atMost * places.length) continue;
    const room = `${places.length === 1 ? `one ${over}` : `${places.length} ${over === 'country' ? 'countries' : `${over}s`}`} with at most ${atMost} each`;
    problems.contradiction(
      within(item, 'place', 'spread'),
      `${item.need.count} machines cannot stand in ${room} (${places.join(', ')})`,
    );
  }
}

function checkApart(item: Item, items: readonly Item[], problems: Problems): void {
  for (const { item: other, over } of item.need.apartFrom) {
    const mine = namesAt(item.need, over);
    const theirs = namesAt(items.find(({ need }) => need.item === other)?.need ?? item.need, over);
    if (mine?.length !== 1 || theirs?.length !== 1 || mine[0] !== theirs[0]) continue;
    problems.contradiction(
      within(item, 'place', 'apart_from'),
      `${item.need.item} and ${other} must both be in the ${over} ${mine[0] ?? ''}, and apart over ${over}`,
    );
  }
}
