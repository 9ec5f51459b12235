import type { Demand } from '../src/index.js';
import { added, keptOf, type Placing } from './brute-cost.js';
import type { BruteForceCriterion, Machines } from './brute-criteria.js';
import type { BruteForcePlan } from './brute-force.js';

type Criteria = readonly BruteForceCriterion[];
type Plans = readonly BruteForcePlan[];
type Worth = (plan: BruteForcePlan) => number;

/** Each policy by its definition, over all plans; what runs stays when moving gains less than is asked. */
export function ranked(demand: Demand, criteria: Criteria, plans: Plans, placing: Placing): Plans {
  const stays = plans.find(({ machines }) => isStaying(demand, machines, placing));
  const stay = (best: BruteForcePlan | undefined, worth: Worth) =>
    best && stays && !isWorthMoving(criteria, { best, stays }, worth, placing) ? stays : best;
  const unlikeOnes = (best: (open: Plans) => BruteForcePlan | undefined) =>
    unlike(demand, plans, (open, isFirst) => (isFirst ? stay(best(open), weighted(criteria)) : best(open)));
  switch (demand.policy) {
    case 'lexicographic':
      return unlikeOnes((open) => inOrder(criteria, open));
    case 'pareto': {
      const points = front(criteria, plans);
      const order = ahead(sorted(points, kneeOf(points)), (best) => stay(best, kneeOf(points)));
      return order.slice(0, demand.front === 'knee' ? 1 : demand.proposals);
    }
    case 'topsis': {
      const order = sorted(front(criteria, plans), closeness(criteria));
      return ahead(order, (best) => stay(best, closeness(criteria))).slice(0, demand.proposals);
    }
    default:
      return unlikeOnes((open) =>
        settled(
          keep(open, weighted(criteria), 1e-9),
          criteria.some(({ key }) => key === 'cost'),
        ),
      );
  }
}

function ahead(order: Plans, first: (best: BruteForcePlan | undefined) => BruteForcePlan | undefined): Plans {
  const chosen = first(order[0]);
  return chosen ? [chosen, ...order.filter((plan) => plan !== chosen)] : order;
}

function isStaying({ needs }: Demand, machines: Machines, placing: Placing): boolean {
  const runs = needs.some(({ item }) => (placing.running[item] ?? []).length > 0);
  return (
    runs &&
    needs.every(({ item, count }) => {
      const [all, own] = [placing.running[item] ?? [], added(item, machines, placing)];
      return all.length === count - (placing.fixed[item] ?? []).length && keptOf(item, own, placing).length === all.length;
    })
  );
}

function isWorthMoving(
  criteria: Criteria,
  { best, stays }: { readonly best: BruteForcePlan; readonly stays: BruteForcePlan },
  worth: Worth,
  { leastGain }: Placing,
): boolean {
  const costAlone = criteria.every(({ key }) => key === 'cost');
  const gain = costAlone ? (stays.cost - best.cost) / stays.cost : worth(best) - worth(stays);
  return gain > 1e-9 && gain >= leastGain - 1e-9;
}

function weighted(criteria: Criteria): (plan: Pick<BruteForcePlan, 'shares'>) => number {
  const weights = criteria.reduce((sum, { weight }) => sum + weight, 0);
  return ({ shares }) => criteria.reduce((sum, { weight }, index) => sum + (weight / weights) * (shares[index] ?? 0), 0);
}

/** Each in places unlike those before. */
function unlike({ proposals }: Demand, plans: Plans, best: (open: Plans, isFirst: boolean) => BruteForcePlan | undefined): Plans {
  const chosen: BruteForcePlan[] = [];
  while (chosen.length < proposals) {
    const open = plans.filter((plan) => chosen.every((earlier) => placesOf(earlier) !== placesOf(plan)));
    const next = best(open, chosen.length === 0);
    if (!next) break;
    chosen.push(next);
  }
  return chosen;
}

function keep(plans: Plans, worth: Worth, tolerance: number): Plans {
  const best = Math.max(...plans.map(worth));
  return plans.filter((plan) => worth(plan) >= best - tolerance);
}

function settled(plans: Plans, seesCost: boolean): BruteForcePlan | undefined {
  const cheapest = seesCost ? plans : keep(plans, ({ cost }) => -cost, 1e-6);
  return [...cheapest].sort(byIds)[0];
}

function inOrder(criteria: Criteria, plans: Plans): BruteForcePlan | undefined {
  const wishes = criteria.filter(({ item }) => item !== null);
  const objectives = criteria.filter(({ item }) => item === null);
  let left = plans;
  objectives.forEach(({ tolerable }, index) => {
    const least = tolerable(Math.max(...left.map(({ shares }) => shares[index] ?? 0)));
    left = left.filter(({ shares }) => (shares[index] ?? 0) >= least - 1e-9);
  });
  if (wishes.length > 0) left = keep(left, ({ shares }) => weighted(wishes)({ shares: shares.slice(objectives.length) }), 1e-9);
  objectives.forEach((_, index) => {
    left = keep(left, ({ shares }) => shares[index] ?? 0, 1e-9);
  });
  return settled(left, false);
}

/** The distinct points that no other dominates, each by its cheapest plan, then the first by offer id. */
function front(criteria: Criteria, plans: Plans): Plans {
  const better = (a: BruteForcePlan, b: BruteForcePlan) =>
    criteria.some((_, index) => (a.shares[index] ?? 0) > (b.shares[index] ?? 0) + 1e-7);
  const standing = plans.filter((plan) => !plans.some((other) => better(other, plan) && !better(plan, other)));
  const first = [...standing].sort((a, b) => (Math.abs(a.cost - b.cost) > 1e-6 ? a.cost - b.cost : byIds(a, b)));
  return first.filter((plan, index) => !first.slice(0, index).some((other) => !better(other, plan) && !better(plan, other)));
}

function kneeOf(points: Plans): Worth {
  const ranges = (points[0]?.shares ?? []).map((_, index) => {
    const own = points.map(({ shares }) => shares[index] ?? 0);
    return { index, min: Math.min(...own), width: Math.max(...own) - Math.min(...own) };
  });
  const open = ranges.filter(({ width }) => width > 1e-9);
  return ({ shares }) =>
    open.length === 0
      ? 1
      : open.reduce((sum, { index, min, width }) => sum + ((shares[index] ?? 0) - min) / width, 0) / open.length;
}

function closeness(criteria: Criteria): Worth {
  const weights = criteria.reduce((sum, { weight }) => sum + weight, 0);
  return ({ shares }) => {
    const near = Math.hypot(...criteria.map(({ weight }, index) => (weight / weights) * (shares[index] ?? 0)));
    const far = Math.hypot(...criteria.map(({ weight }, index) => (weight / weights) * (1 - (shares[index] ?? 0))));
    return near + far === 0 ? 0 : near / (near + far);
  };
}

function sorted(plans: Plans, worth: Worth): Plans {
  return [...plans].sort((a, b) => {
    if (Math.abs(worth(a) - worth(b)) > 1e-9) return worth(b) - worth(a);
    return Math.abs(a.cost - b.cost) > 1e-6 ? a.cost - b.cost : byIds(a, b);
  });
}

function byIds(a: BruteForcePlan, b: BruteForcePlan): number {
  return a.ids < b.ids ? -1 : Number(a.ids > b.ids);
}

function placesOf({ assignments }: BruteForcePlan): string {
  return assignments
    .map(({ item, offer }) => `${item} ${offer.agent}/${offer.region}/${offer.zone}/${offer.market}`)
    .sort()
    .join('\n');
}
