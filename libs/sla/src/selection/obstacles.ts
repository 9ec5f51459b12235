import type { TenantQuota } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import type { Exclusion } from './answer.js';
import { isUnder, takes } from './candidates.js';
import { costOf } from './cost.js';
import type { JointConstraint } from './model.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';
import type { ItemProblem, Problem } from './problem.js';
import { allCandidates, solveExactly, type Solver } from './solve.js';

/**
 * Why no plan exists, in sentences: for each item without an offer what every constraint excludes and its nearest miss; else the joint
 * constraint (budget, spread, apart, capacity) without which there would be a plan, or, when it takes several, what they are.
 */
export function obstacles(problem: Problem, solver: Solver): readonly string[] {
  const lacking = problem.items.filter(({ count, candidates }) => count > 0 && candidates.length === 0);
  if (lacking.length > 0) return lacking.map(lackingOffers);
  const present = joint(problem);
  const single = present.flatMap((constraint) => {
    const plan = solveExactly(
      problem,
      allCandidates(problem),
      { without: new Set([constraint]), aim: { best: 'cost' } },
      solver,
    )?.plan;
    return plan ? [told(constraint, problem, plan)] : [];
  });
  if (single.length > 0) return single;
  return [
    `No plan meets these together: ${present.map((constraint) => described(constraint, problem)).join('; ')}. Relaxing one of them alone is not enough.`,
  ];
}

function lackingOffers({ need, answer }: ItemProblem): string {
  if (answer.considered === 0) return `${need.item}: no vendor has made an offer.`;
  const reasons = [...answer.excluded]
    .sort((a, b) => b.excludedByThisAlone - a.excludedByThisAlone || b.excluded - a.excluded)
    .map(reason);
  const head =
    answer.feasible > 0
      ? `${need.item}: every one of the ${answer.feasible} suitable offers failed lately, or shares a place with what is placed already`
      : `${need.item}: none of ${answer.considered} offers meets every requirement`;
  return reasons.length > 0 ? `${head}. ${reasons.join('. ')}.` : `${head}.`;
}

function reason({ constraint, excluded, excludedByThisAlone, nearestMiss }: Exclusion): string {
  const alone = excludedByThisAlone > 0 ? `, ${excludedByThisAlone} of them by it alone` : '';
  const nearest = nearestMiss ? `; nearest: ${nearestMiss.found} at ${nearestMiss.offer}` : '';
  return `"${constraint}" excludes ${excluded}${alone}${nearest}`;
}

function joint(problem: Problem): readonly JointConstraint[] {
  const { demand } = problem;
  const present: readonly (readonly [JointConstraint, boolean])[] = [
    ['budget', problem.costCap < Infinity],
    ['spread', demand.needs.some(({ spread }) => spread.length > 0)],
    ['apart', demand.needs.some(({ apartFrom }) => apartFrom.length > 0)],
    ['with', demand.needs.some(({ with: beside = [] }) => beside.length > 0)],
    ['on-demand floor', demand.needs.some(({ onDemandAtLeast = 0 }) => onDemandAtLeast > 0)],
    ['capacity', allCandidates(problem).some(({ offer }) => offer.capacity !== null)],
    ['quotas', problem.quotas.length > 0 || (demand.quotas ?? []).length > 0],
    ['availability', (demand.availability ?? []).length > 0],
  ];
  return present.filter(([, there]) => there).map(([constraint]) => constraint);
}

/** What stands in the way, and by how much; `plan` is the cheapest without it. */
function told(constraint: JointConstraint, problem: Problem, plan: readonly Assignment[]): string {
  if (constraint === 'budget') {
    return `The cheapest plan costs ${spent(problem, plan)} USD a month; at most ${(problem.costCap + problem.fixedCost).toFixed(2)} may be spent.`;
  }
  const cost = `without it a plan for ${spent(problem, plan)} USD a month exists`;
  return `${described(constraint, problem)}: ${cost}.`;
}

function spent({ demand, fixed, running }: Problem, plan: readonly Assignment[]): string {
  return costOf(demand, { fixed, plan }, running).all.toFixed(2);
}

function described(constraint: JointConstraint, problem: Problem): string {
  return descriptions[constraint](problem);
}

const descriptions: Readonly<Record<JointConstraint, (problem: Problem) => string>> = {
  budget: (problem) => `the budget of ${(problem.costCap + problem.fixedCost).toFixed(2)} USD a month`,
  spread: ({ items }) => `spread: ${items.flatMap(spreadRoom).join(', ')}`,
  apart: ({ demand }) =>
    `apart: ${demand.needs.flatMap(({ item, apartFrom }) => apartFrom.map((apart) => `${item} from ${apart.item} over ${apart.over}`)).join(', ')}`,
  with: ({ demand }) =>
    `with: ${demand.needs.flatMap(({ item, with: beside = [] }) => beside.map((other) => `${item} with ${other.item} over ${other.over}`)).join(', ')}`,
  'on-demand floor': ({ demand }) =>
    `on demand: ${demand.needs.flatMap(({ item, onDemandAtLeast = 0 }) => (onDemandAtLeast > 0 ? [`at least ${onDemandAtLeast} of ${item}`] : [])).join(', ')}`,
  capacity: (problem) => `capacity: ${poolsLeft(problem)} machines are left where suitable offers are`,
  quotas: (problem) => `quotas: ${[...tenantQuotas(problem), ...vendorQuotas(problem)].join(', ')}`,
  availability: ({ demand }) => `availability: ${(demand.availability ?? []).map(({ text }) => text).join(', ')}`,
};

function tenantQuotas(problem: Problem): readonly string[] {
  const binding = (problem.demand.quotas ?? []).filter((quota) => mayBind(problem, quota, () => true));
  return binding.map(({ of, left }) => `the tenant has ${quantityOf(left, of)} left`);
}

function vendorQuotas(problem: Problem): readonly string[] {
  const binding = problem.quotas.filter((quota) => mayBind(problem, quota, (offer) => isUnder(quota, offer)));
  return binding.map(
    ({ agent, region, of, left }) => `${agent} has ${quantityOf(left, of)} left${region === undefined ? '' : ` in ${region}`}`,
  );
}

/** Whether all that the call wants, at the offers that take the most, would be more than is left. */
function mayBind({ items }: Problem, { of, left }: TenantQuota, counts: (offer: Offer) => boolean): boolean {
  const most = items.reduce((sum, { count, candidates }) => {
    const taken = candidates.map(({ offer }) => (counts(offer) ? (takes(offer, of) ?? 0) : 0));
    return sum + count * taken.reduce((greatest, own) => Math.max(greatest, own), 0);
  }, 0);
  return most > left;
}

function quantityOf(left: number, of: TenantQuota['of']): string {
  return of === 'memory' ? `${left} GiB of memory` : `${left} ${of}`;
}

function spreadRoom({ need, candidates }: ItemProblem): readonly string[] {
  return need.spread.map(({ over, atMost }) => {
    const places = new Set(candidates.map(({ offer }) => placeKey(offer, over)));
    return `${need.item} needs ${need.count} machines, at most ${atMost} in a ${over}, and ${places.size === 1 ? `one ${over} has` : `${places.size} ${plural(over)} have`} a suitable offer`;
  });
}

function plural(level: string): string {
  return level === 'country' ? 'countries' : `${level}s`;
}

function poolsLeft(problem: Problem): number {
  const pools = new Map<string, number>();
  for (const { offer } of allCandidates(problem))
    if (offer.capacity !== null) pools.set(offer.pool, Math.min(offer.capacity, pools.get(offer.pool) ?? Infinity));
  return [...pools.values()].reduce((sum, left) => sum + left, 0);
}
