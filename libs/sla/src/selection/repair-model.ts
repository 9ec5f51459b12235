import type { Constraint, Demand, Need } from '../documents/call.js';
import type { Answer } from './answer.js';
import { Elastic, one } from './elastic.js';
import type { Term } from './linear.js';
import { type BoundStep, type Member, missesOf, type Step } from './misses.js';
import { monthly } from './problem.js';
import type { Loosened } from './relaxation.js';
import { elasticAvailability } from './repair-availability.js';
import { elasticJoint, type Placeable } from './repair-joint.js';

export interface RepairModel {
  readonly elastic: Elastic;
  /** Columns that take out what the model does not see. */
  readonly unseen: readonly number[];
  /** USD a month of a plan. */
  readonly cost: readonly Term[];
}

/** Every plan that some change of the demand makes possible, with what has to be changed for it (CFP.md 3). */
export function repairModelOf(demand: Demand, answer: Answer): RepairModel {
  const elastic = new Elastic();
  const offers = new Map(answer.offers.map((offer) => [offer.id, offer]));
  const placeable = demand.needs.flatMap((need) => {
    const ids = answer.items.find(({ item }) => item === need.item)?.candidates ?? [];
    return ids.flatMap((id): readonly Placeable[] => {
      const offer = offers.get(id);
      return offer ? [{ need, offer, column: elastic.column(Math.min(need.count, offer.capacity ?? Infinity)) }] : [];
    });
  });
  for (const need of demand.needs) {
    const own = placeable.filter((each) => each.need === need);
    elastic.add(
      own.map(({ column }) => one(column)),
      '=',
      need.count,
    );
    need.require.forEach((_, index) => {
      elasticRequirement(elastic, need, index, own);
    });
  }
  const joint = { elastic, demand, placeable, quotas: answer.quotas ?? [] };
  elasticJoint(joint);
  return {
    elastic,
    unseen: elasticAvailability(joint),
    cost: placeable.map(({ column, offer }) => ({ column, coefficient: monthly(offer) })),
  };
}

/** One requirement of one item: which columns loosen it, and which machines need which of them. */
function elasticRequirement(elastic: Elastic, need: Need, index: number, own: readonly Placeable[]): void {
  const constraint = need.require[index];
  const missing = constraint ? missingOf(constraint, own) : [];
  if (missing.length === 0) return;
  const loosening = looseningOf(
    elastic,
    missing.flatMap((each) => each.steps),
  );
  const { out, lower, upper, members } = loosening;
  admit(elastic, need, missing, loosening);
  onlyForUnknown(elastic, missing, out);
  const columns = [...out, ...[...lower, ...upper, ...members.values()].map(({ column }) => column)];
  elastic.relaxable(columns, (value) => {
    const found = readOf(loosening, value);
    return found && { of: 'require', item: need.item, index, ...found };
  });
}

/** What is known is never told to be taken out: a bound says more. */
function onlyForUnknown(elastic: Elastic, missing: readonly Missing[], out: readonly number[]): void {
  const unknown = missing.filter(({ steps }) => steps.some(({ loosen }) => loosen === 'out'));
  const terms = unknown.map(({ column }) => ({ column, coefficient: -1 }));
  for (const column of out) elastic.add([one(column), ...terms], '<=', 0);
}

/** The columns that loosen one constraint. */
interface Loosening {
  readonly out: readonly number[];
  readonly lower: readonly Level[];
  readonly upper: readonly Level[];
  readonly members: ReadonlyMap<string, { readonly member: Member; readonly column: number }>;
}

function looseningOf(elastic: Elastic, steps: readonly Step[]): Loosening {
  return {
    out: steps.some(({ loosen }) => loosen === 'out') ? [elastic.loosening(1)] : [],
    lower: chain(elastic, steps, 'lower'),
    upper: chain(elastic, steps, 'upper'),
    members: memberColumns(elastic, steps),
  };
}

/** The columns of which any one is enough for a step. */
function enoughFor(step: Step, { out, lower, upper, members }: Loosening): readonly number[] {
  if (step.loosen === 'out') return out;
  if (step.loosen === 'member') return [...out, ...step.anyOf.flatMap((member) => members.get(keyOf(member))?.column ?? [])];
  return [...out, ...(step.loosen === 'lower' ? lower : upper).filter(({ to }) => to === step.to).map(({ column }) => column)];
}

function readOf(
  { out, lower, upper, members }: Loosening,
  value: (column: number) => number,
): { readonly loosened: Loosened; readonly size: number } | undefined {
  const isSet = ({ column }: { readonly column: number }) => value(column) > 0;
  if (out.some((column) => value(column) > 0)) return { loosened: 'out', size: 1 };
  const bounds = [lower, upper].map((levels) => levels.filter(isSet).at(-1));
  const named = [...members.values()].filter(isSet).map(({ member }) => member);
  if (bounds.every((bound) => !bound) && named.length === 0) return undefined;
  const size = bounds.reduce((sum, bound) => sum + (bound?.size ?? 0), named.length);
  return { loosened: { lower: bounds[0]?.to, upper: bounds[1]?.to, members: named }, size };
}

interface Missing {
  readonly column: number;
  readonly steps: readonly Step[];
}

function missingOf(constraint: Constraint, own: readonly Placeable[]): readonly Missing[] {
  return own.map(({ offer, column }) => ({ column, steps: missesOf(constraint, offer) })).filter(({ steps }) => steps.length > 0);
}

interface Level extends BoundStep {
  readonly column: number;
}

/** No rung comes for nothing, so that none is taken that nobody needs. */
const leastRung = 1e-6;

/** The amounts by which a bound is missed as a ladder: each rung takes the one before it, and what it adds to that. */
function chain(elastic: Elastic, steps: readonly Step[], side: BoundStep['loosen']): readonly Level[] {
  const bounds = steps.filter((step): step is BoundStep => step.loosen === side);
  const distinct = [...new Map(bounds.map((step) => [step.to, step])).values()].sort((a, b) =>
    side === 'lower' ? b.to - a.to : a.to - b.to,
  );
  const levels: Level[] = [];
  for (const step of distinct) {
    const before = levels.at(-1);
    const column = elastic.loosening(Math.max(leastRung, step.size - (before?.size ?? 0)));
    if (before) elastic.add([one(column), { column: before.column, coefficient: -1 }], '<=', 0);
    levels.push({ ...step, column });
  }
  return levels;
}

function memberColumns(
  elastic: Elastic,
  steps: readonly Step[],
): ReadonlyMap<string, { readonly member: Member; readonly column: number }> {
  const columns = new Map<string, { readonly member: Member; readonly column: number }>();
  for (const member of steps.flatMap((step) => (step.loosen === 'member' ? step.anyOf : [])))
    if (!columns.has(keyOf(member))) columns.set(keyOf(member), { member, column: elastic.loosening(1) });
  return columns;
}

function keyOf({ list, name }: Member): string {
  return `${list} ${name}`;
}

/** Machines that need the same columns share a row: none of them without one of those. */
function admit(elastic: Elastic, { count }: Need, missing: readonly Missing[], loosening: Loosening): void {
  const rows = new Map<string, { readonly enough: readonly number[]; readonly machines: number[] }>();
  for (const { column, steps } of missing) {
    for (const columns of steps.map((step) => enoughFor(step, loosening))) {
      const row = rows.get(columns.join(' ')) ?? { enough: columns, machines: [] };
      row.machines.push(column);
      rows.set(columns.join(' '), row);
    }
  }
  for (const row of rows.values())
    elastic.add([...row.machines.map(one), ...row.enough.map((column) => ({ column, coefficient: -count }))], '<=', 0);
}
