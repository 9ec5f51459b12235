import type { Demand, Need } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';
import type { Problem } from './problem.js';
import type { Relaxation } from './relaxation.js';

/** A budget is tried with a tenth more, where no tenth of it is left. */
const budgetStep = 0.1;

/** Each joint constraint that a plan of this cost has come up against, one step looser. */
export function jointSteps(demand: Demand, plan: readonly Assignment[], cost: number): readonly Relaxation[] {
  const { budget } = demand;
  return [
    ...(budget && nearsBudget(demand, cost)
      ? [{ of: 'budget', atMost: budget.atMost * (1 + budgetStep), size: budgetStep } as const]
      : []),
    ...demand.needs.flatMap((need) => stepsOfNeed(need, plan)),
  ];
}

export function nearsBudget({ budget }: Demand, cost: number): boolean {
  return budget !== undefined && cost > budget.atMost * (1 - budgetStep);
}

function stepsOfNeed(need: Need, plan: readonly Assignment[]): readonly Relaxation[] {
  const { item, onDemandAtLeast: floor = 0 } = need;
  const own = plan.filter((each) => each.item === item);
  const spreads = need.spread.flatMap(({ over, atMost }, index): readonly Relaxation[] => {
    const isFull = own.some(({ offer }) => machinesAt(own, (other) => placeKey(other, over) === placeKey(offer, over)) >= atMost);
    return isFull && atMost < need.count ? [{ of: 'spread', item, index, atMost: atMost + 1, size: 1 / atMost }] : [];
  });
  const aparts = need.apartFrom.map((_, index): Relaxation => ({ of: 'apart', item, index, size: 1 }));
  const withs = (need.with ?? []).map((_, index): Relaxation => ({ of: 'with', item, index, size: 1 }));
  const atFloor = floor > 0 && machinesAt(own, ({ market }) => market === 'on-demand') <= floor;
  const onDemand: readonly Relaxation[] = atFloor ? [{ of: 'on-demand', item, atLeast: floor - 1, size: 1 / floor }] : [];
  return [...spreads, ...aparts, ...withs, ...onDemand];
}

function machinesAt(plan: readonly Assignment[], where: (offer: Offer) => boolean): number {
  return plan.reduce((sum, { offer, count }) => (where(offer) ? sum + count : sum), 0);
}

/** Whether nothing but its own requirements decides where the item goes, so that an offer can be held against the winner's by itself. */
export function standsAlone(problem: Problem, step: Relaxation, offer: Offer): boolean {
  const { demand, items, criteria, fixed, running, discounts, quotas, costCap } = problem;
  const item = items.find(({ need }) => 'item' in step && need.item === step.item);
  if (step.of !== 'require' || !item || running || costCap < Infinity) return false;
  if (fixed.length + discounts.length + quotas.length > 0 || offer.discount !== undefined) return false;
  if (criteria.some(({ aggregate }) => aggregate !== 'sum')) return false;
  const limited = [offer, ...item.candidates.map((candidate) => candidate.offer)].some(({ capacity }) => capacity !== null);
  return !limited && !isBound(item.need, demand);
}

function isBound(need: Need, { needs, traffic = [], availability = [], quotas = [] }: Demand): boolean {
  const named = needs.flatMap((other) => [...other.apartFrom, ...(other.with ?? [])]).some(({ item }) => item === need.item);
  const own = [need.spread, need.apartFrom, need.with ?? [], traffic, availability, quotas].some((bounds) => bounds.length > 0);
  return named || own || need.onDemandAtLeast !== undefined;
}
