import type { AvailabilityTarget, Constraint, Demand, Need, NumberConstraint, PlaceConstraint } from '../documents/call.js';
import { type PlaceSet, placeSetLevels } from '../vocabulary/names.js';
import type { Member, Step } from './misses.js';

/** One constraint of a demand made looser. Constraints are named by where they stand in it; `size` as CFP.md 3 counts it. */
export type Relaxation = { readonly size: number } & (
  | { readonly of: 'require'; readonly item: string; readonly index: number; readonly loosened: Loosened }
  | { readonly of: 'budget'; readonly atMost: number }
  | { readonly of: 'spread'; readonly item: string; readonly index: number; readonly atMost: number }
  | { readonly of: 'apart'; readonly item: string; readonly index: number }
  | { readonly of: 'with'; readonly item: string; readonly index: number }
  | { readonly of: 'on-demand'; readonly item: string; readonly atLeast: number }
  | { readonly of: 'availability'; readonly index: number; readonly atLeast: number | null }
);

/** How a hard constraint is loosened: taken out, or its bounds moved and its sets changed. */
export type Loosened =
  'out' | { readonly lower?: number | undefined; readonly upper?: number | undefined; readonly members: readonly Member[] };

/** A requirement loosened by all of these steps. */
export function relaxationOf(item: string, index: number, steps: readonly Step[]): Relaxation {
  if (steps.some(({ loosen }) => loosen === 'out')) return { of: 'require', item, index, loosened: 'out', size: 1 };
  const members = steps.flatMap((step) => (step.loosen === 'member' ? step.anyOf.slice(0, 1) : []));
  const bound = (side: 'lower' | 'upper') => steps.find((step) => step.loosen === side);
  const [lower, upper] = [bound('lower'), bound('upper')].map((step) => (step && 'to' in step ? step.to : undefined));
  const size = steps.reduce((sum, step) => sum + ('size' in step ? step.size : 1), 0);
  return { of: 'require', item, index, loosened: { lower, upper, members }, size };
}

/** The demand with all of these constraints loosened. */
export function relaxed(demand: Demand, relaxations: readonly Relaxation[]): Demand {
  const { budget, availability, ...rest } = demand;
  const atMost = relaxations.find((each) => each.of === 'budget')?.atMost ?? budget?.atMost;
  return {
    ...rest,
    needs: demand.needs.map((need) => relaxedNeed(need, relaxations)),
    ...(atMost !== undefined && { budget: { atMost } }),
    ...(availability && { availability: relaxedTargets(availability, relaxations) }),
  };
}

function relaxedNeed(need: Need, relaxations: readonly Relaxation[]): Need {
  const own = relaxations.filter((each) => 'item' in each && each.item === need.item);
  const dropped = (kind: 'apart' | 'with') => (_: unknown, index: number) =>
    !own.some((each) => each.of === kind && each.index === index);
  const { onDemandAtLeast, with: together, ...rest } = need;
  const floor = own.find((each) => each.of === 'on-demand')?.atLeast ?? onDemandAtLeast;
  return {
    ...rest,
    require: need.require.flatMap((constraint, index) => {
      const found = own.find((each) => each.of === 'require' && each.index === index);
      return found?.of === 'require' ? loosenedConstraint(constraint, found.loosened) : [constraint];
    }),
    spread: need.spread.map((spread, index) => {
      const found = own.find((each) => each.of === 'spread' && each.index === index);
      return found?.of === 'spread' ? { ...spread, atMost: found.atMost } : spread;
    }),
    apartFrom: need.apartFrom.filter(dropped('apart')),
    ...(together && { with: together.filter(dropped('with')) }),
    ...(floor !== undefined && floor > 0 && { onDemandAtLeast: floor }),
  };
}

function relaxedTargets(
  targets: readonly AvailabilityTarget[],
  relaxations: readonly Relaxation[],
): readonly AvailabilityTarget[] {
  return targets.flatMap((target, index) => {
    const found = relaxations.find((each) => each.of === 'availability' && each.index === index);
    if (found?.of !== 'availability') return [target];
    return found.atLeast === null ? [] : [{ ...target, atLeast: found.atLeast }];
  });
}

/** A loosened constraint; an equality whose bounds moved becomes two comparisons. */
function loosenedConstraint(constraint: Constraint, loosened: Loosened): readonly Constraint[] {
  if (loosened === 'out') return [];
  switch (constraint.type) {
    case 'number':
      return loosenedNumber(constraint, loosened);
    case 'price':
      return [{ ...constraint, atMost: loosened.upper ?? constraint.atMost }];
    case 'numbers':
      return [{ ...constraint, ...changed(constraint, loosened.members, Number) }];
    case 'text':
      return [{ ...constraint, ...changed(constraint, loosened.members, String) }];
    case 'place':
      return [loosenedPlace(constraint, loosened)];
  }
}

function loosenedNumber(constraint: NumberConstraint, { lower, upper }: Exclude<Loosened, 'out'>): readonly NumberConstraint[] {
  const { comparison, value } = constraint;
  const isLower = comparison.startsWith('>');
  if (comparison !== '=') return [{ ...constraint, comparison: isLower ? '>=' : '<=', value: lower ?? upper ?? value }];
  return [
    { ...constraint, comparison: '>=', value: lower ?? value },
    { ...constraint, comparison: '<=', value: upper ?? value },
  ];
}

function changed<T extends number | string>(
  { anyOf, noneOf }: { readonly anyOf?: readonly T[]; readonly noneOf?: readonly T[] },
  members: readonly Member[],
  read: (name: string) => T,
): { readonly anyOf?: readonly T[]; readonly noneOf?: readonly T[] } {
  const named = (list: string) => members.filter((member) => member.list === list).map(({ name }) => read(name));
  const dropped = named('noneOf');
  return {
    ...(anyOf && { anyOf: [...anyOf, ...named('anyOf')] }),
    ...(noneOf && { noneOf: noneOf.filter((name) => !dropped.includes(name)) }),
  };
}

function loosenedPlace(constraint: PlaceConstraint, { upper, members }: Exclude<Loosened, 'out'>): PlaceConstraint {
  const { within, not, near } = constraint;
  const named = (list: string) => members.filter((member) => member.list === list).map(({ name }) => name);
  const fewer = mapped(not, (names, level) => names.filter((name) => !named(`not.${level}`).includes(name)));
  // What must match every level matches nothing once one of them is empty.
  const excludesNothing = Object.values(fewer).some((names) => names.length === 0);
  return {
    ...constraint,
    within: mapped(within, (names, level) => [...names, ...named(`within.${level}`)]),
    not: excludesNothing ? {} : fewer,
    ...(near && { near: { ...near, km: upper ?? near.km } }),
  };
}

function mapped(set: PlaceSet, change: (names: readonly string[], level: keyof PlaceSet) => readonly string[]): PlaceSet {
  return Object.fromEntries(
    placeSetLevels.flatMap((level) => {
      const names = set[level];
      return names ? [[level, change(names, level)]] : [];
    }),
  );
}
