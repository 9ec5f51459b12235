import { AgencyError } from '@cloud-agency/errors';
import type { AvailabilityTarget } from '../documents/call.js';
import { groupAvailability, mustBeUp, wanted } from './availability.js';
import { type Draft, ones } from './draft.js';
import type { Term } from './linear.js';

/** In how many ways an item's availabilities may be put together. */
const mostWays = 2_000;

/** What an item adds to the logarithm of its targets' availability: columns, and what is placed already. */
interface Part {
  readonly terms: readonly Term[];
  readonly base: number;
}

/**
 * Availability targets, exactly (CFP.md 4). Linear in the logarithms where that is possible: for items that need all their machines, and for a
 * target on one item that needs one of them. For the others each way to put an item's availabilities together is a column of 0 or 1.
 *
 * Throws AgencyError `unsupported` when there are more than 2,000 such ways for one item.
 */
export function availabilityRows(draft: Draft): void {
  if (draft.without.has('availability')) return;
  const targets = (draft.problem.demand.availability ?? []).filter((target) => wanted(target) > 0);
  const parts = new Map<string, Part>();
  for (const target of targets) {
    const [alone, ...others] = target.items;
    if (unknownStays(draft, target)) draft.add([], '>=', 1);
    if (alone !== undefined && others.length === 0 && anyWillDo(draft, alone, target)) continue;
    const terms: Term[] = [];
    let base = 0;
    for (const name of target.items) {
      const part = parts.get(name) ?? partOf(draft, name, targets);
      parts.set(name, part);
      terms.push(...part.terms);
      base += part.base;
    }
    const bound = Math.log(wanted(target));
    const unit = Math.max(Math.abs(bound), 1e-12);
    draft.add(
      terms.map(({ column, coefficient }) => ({ column, coefficient: coefficient / unit })),
      '>=',
      (bound - base) / unit,
    );
  }
}

/** One machine up is enough: the logarithms of what is down add up. One that is good enough by itself counts as just that. */
function anyWillDo(draft: Draft, name: string, target: AvailabilityTarget): boolean {
  const item = draft.indexOf(name);
  const need = draft.problem.items[item]?.need;
  if (!need || mustBeUp(need) !== 1) return false;
  const bound = Math.log(1 - wanted(target));
  const part = (availability: number) => Math.min(1, Math.log(1 - availability) / bound);
  const fixed = fixedAvailabilities(draft, item);
  const there = fixed.reduce((sum, availability) => sum + part(availability), 0);
  const terms = draft.columnsOf(item).map((column) => ({ column, coefficient: part(availabilityOf(draft, column)) }));
  draft.add(
    terms.filter(({ coefficient }) => coefficient > 0),
    '>=',
    1 - there,
  );
  return true;
}

/** Anything below the dearest target of its own cannot be part of a plan, and would only blur the numbers. */
function partOf(draft: Draft, name: string, targets: readonly AvailabilityTarget[]): Part {
  const item = draft.indexOf(name);
  const found = draft.problem.items[item];
  if (!found) return { terms: [], base: 0 };
  const own = targets.filter(({ items }) => items.includes(name));
  const least = own.reduce((most, target) => Math.max(most, wanted(target)), 0);
  if (mustBeUp(found.need) < found.need.count) {
    return waysOf(draft, item, { least, alone: own.every(({ items }) => items.length === 1) });
  }
  const tooLow = draft.columnsOf(item).filter((column) => availabilityOf(draft, column) < least);
  if (tooLow.length > 0) draft.add(ones(tooLow), '<=', 0);
  const terms = draft
    .columnsOf(item)
    .filter((column) => availabilityOf(draft, column) >= least)
    .map((column) => ({ column, coefficient: Math.log(availabilityOf(draft, column)) }));
  return {
    terms: terms.filter(({ coefficient }) => coefficient !== 0),
    base: Math.log(groupAvailability(fixedAvailabilities(draft, item), fixedAvailabilities(draft, item).length)),
  };
}

/** A way: how many machines of each level, the highest first, and what the item's availability is then at least. */
interface Way {
  readonly counts: readonly number[];
  readonly availability: number;
}

/** One way is chosen, and from each level up there are as many machines as it says at least. */
function waysOf(draft: Draft, item: number, { least, alone }: { readonly least: number; readonly alone: boolean }): Part {
  const columns = draft.grouped(item, ({ offer }) => offer.availability ?? 0);
  const levels = [...columns.keys()].sort((a, b) => b - a);
  const chosen = standing(possible(draft, item, levels, least), alone).map((way) => ({ ...way, column: draft.helper() }));
  draft.add(ones(chosen.map(({ column }) => column)), '=', 1);
  const up: number[] = [];
  levels.slice(0, -1).forEach((level, position) => {
    up.push(...(columns.get(level) ?? []));
    const wants = chosen.map(({ column, counts }) => ({
      column,
      coefficient: -counts.slice(0, position + 1).reduce((sum, count) => sum + count, 0),
    }));
    draft.add([...ones(up), ...wants.filter(({ coefficient }) => coefficient !== 0)], '>=', 0);
  });
  const terms = alone ? [] : chosen.map(({ column, availability }) => ({ column, coefficient: Math.log(availability) }));
  return { terms: terms.filter(({ coefficient }) => coefficient !== 0), base: 0 };
}

function possible(draft: Draft, item: number, levels: readonly number[], least: number): readonly Way[] {
  const found = draft.problem.items[item];
  if (!found) return [];
  const { need, count } = found;
  const ways = waysToChoose(count, levels.length);
  if (ways > mostWays) throw tooMany(need.item, levels.length, ways);
  const fixed = fixedAvailabilities(draft, item);
  return shares(count, levels.length)
    .map((counts) => {
      const machines = counts.flatMap((many, level) => new Array<number>(many).fill(levels[level] ?? 0));
      return { counts, availability: groupAvailability([...fixed, ...machines], mustBeUp(need)) };
    })
    .filter(({ availability }) => availability >= least);
}

function tooMany(item: string, levels: number, ways: number): AgencyError {
  return new AgencyError('unsupported', {
    path: `resources.${item}`,
    message: `the machines of ${item} can have ${levels} different availabilities, which can be put together in ${ways} ways; at most ${mostWays} can be weighed against an availability target. Ask for fewer machines, require an availability, or want all of them up.`,
  });
}

/** Without those that ask for more than another way and give no more. For targets on the item alone every way gives enough. */
function standing(ways: readonly Way[], alone: boolean): readonly Way[] {
  return ways.filter(
    (way) =>
      !ways.some(
        (other) => other !== way && asksLess(other.counts, way.counts) && (alone || other.availability >= way.availability),
      ),
  );
}

function asksLess(a: readonly number[], b: readonly number[]): boolean {
  let ahead = 0;
  return a.every((count, level) => (ahead += (b[level] ?? 0) - count) >= 0);
}

/** All ways to share machines out among so many levels. */
function shares(machines: number, levels: number): readonly (readonly number[])[] {
  if (levels === 0) return machines === 0 ? [[]] : [];
  if (levels === 1) return [[machines]];
  return Array.from({ length: machines + 1 }, (_, first) => first).flatMap((first) =>
    shares(machines - first, levels - 1).map((rest) => [first, ...rest]),
  );
}

/** Machines + levels - 1 over levels - 1. */
function waysToChoose(machines: number, levels: number): number {
  let ways = 1;
  for (let level = 1; level < levels; level += 1) ways = (ways * (machines + level)) / level;
  return Math.round(ways);
}

function availabilityOf({ candidates }: Draft, column: number): number {
  return candidates[column]?.offer.availability ?? 0;
}

function unknownStays({ problem }: Draft, { items }: AvailabilityTarget): boolean {
  return problem.fixed.some(({ item, offer }) => items.includes(item) && offer.availability === null);
}

function fixedAvailabilities({ problem }: Draft, item: number): readonly number[] {
  const own = problem.fixed.filter((placed) => placed.item === problem.items[item]?.need.item);
  return own.flatMap(({ offer, count }) => new Array<number>(count).fill(offer.availability ?? 0));
}
