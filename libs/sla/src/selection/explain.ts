import { assumedFor } from './availability.js';
import { type Criterion, looksAt, valueAt } from './criteria.js';
import type { Range } from './answer.js';
import type { Explanation, Plan } from './plan.js';
import type { Problem } from './problem.js';

type Unexplained = Omit<Plan, 'why'>;

/** What each item had to choose from, and what a reader must know of the plans. */
export function explain(problem: Problem, plans: readonly Unexplained[], told: readonly string[]): Explanation {
  return {
    items: problem.items.map(({ need, answer, candidates }) => ({
      item: need.item,
      considered: answer.considered,
      feasible: answer.feasible,
      candidates: candidates.length,
      excluded: answer.excluded,
    })),
    bounds: Object.fromEntries(problem.criteria.flatMap((criterion) => boundOf(criterion, problem))),
    notes: [...told, ...(plans.length > 0 ? assumptions(problem, plans) : [])],
  };
}

function boundOf(criterion: Criterion, { sums, demand }: Problem): readonly (readonly [string, Range])[] {
  const range = sums.get(criterion.key);
  if (!range) return [];
  const machines = demand.needs.reduce((sum, { item, count }) => (looksAt(criterion, item) ? sum + count : sum), 0);
  return [[criterion.key, { min: criterion.total(range.min, machines), max: criterion.total(range.max, machines) }]];
}

function assumptions({ criteria, demand }: Problem, plans: readonly Unexplained[]): readonly string[] {
  const notes: string[] = [...assumedFor(demand)];
  const availability = criteria.find(({ key }) => key === 'availability');
  if (availability) {
    notes.push('Availability is what vendors declare, multiplied over all machines: their failures are taken as independent.');
    const unknown = plans.some(({ assignments }) => assignments.some(({ offer }) => valueAt(availability, offer) === null));
    if (unknown)
      notes.push('Some vendors declare no availability: it counts as the worst, and a plan with such a machine is shown with 0.');
  }
  const latency = criteria.find(({ key }) => key === 'latency');
  if (latency) {
    notes.push(
      'Latency is estimated from the great-circle distance (0.015 ms a km), that of the farthest machine; it is not measured.',
    );
    if (plans.some(({ assignments }) => assignments.some(({ offer }) => valueAt(latency, offer) === null)))
      notes.push('Where some regions stand is not known: a machine there counts as the farthest.');
  }
  if (plans.length < demand.proposals && demand.policy !== 'pareto' && demand.policy !== 'topsis') {
    const there = plans.length === 1 ? 'There is one plan' : `There are ${plans.length} plans`;
    notes.push(
      `${there} that differ${plans.length === 1 ? 's' : ''} in account, region, zone or market; ${demand.proposals} proposals were asked for.`,
    );
  }
  return notes;
}
