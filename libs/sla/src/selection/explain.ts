import { alternativesOf } from './alternatives.js';
import { assumedFor } from './availability.js';
import { type Criterion, looksAt, valueAt } from './criteria.js';
import type { Exclusion, Range } from './answer.js';
import type { ConstraintPrice, Explanation, ItemExplanation, Plan } from './plan.js';
import { observedWords } from './observed-words.js';
import type { ItemProblem, Problem } from './problem.js';

type Unexplained = Omit<Plan, 'why'>;

/** So many places and sizes are told what was observed of them. */
const mostObserved = 12;

/** What was found out beside the plans. */
export interface Told {
  readonly notes: readonly string[];
  readonly prices?: readonly ConstraintPrice[];
}

/** What each item had to choose from, and what a reader must know of the plans. */
export function explain(problem: Problem, plans: readonly Unexplained[], { notes, prices }: Told): Explanation {
  const items = problem.items.map((item) => itemOf(problem, item, plans[0]));
  return {
    items,
    bounds: Object.fromEntries(problem.criteria.flatMap((criterion) => boundOf(criterion, problem))),
    notes: [...notes, ...(plans.length > 0 ? assumptions(problem, plans) : []), ...observedOf(problem, plans, items)],
    ...(prices && prices.length > 0 && { prices }),
  };
}

function itemOf(problem: Problem, item: ItemProblem, best: Unexplained | undefined): ItemExplanation {
  const { need, answer, candidates } = item;
  const alternatives = best ? alternativesOf(problem, item, best.assignments) : [];
  return {
    item: need.item,
    considered: answer.considered,
    feasible: answer.feasible,
    candidates: candidates.length,
    excluded: answer.excluded.map(toldOf),
    ...(alternatives.length > 0 && { alternatives }),
  };
}

function toldOf(exclusion: Exclusion): Exclusion {
  const { cheapestAlone } = exclusion;
  if (!cheapestAlone) return exclusion;
  const { offer, found, price } = cheapestAlone;
  return { ...exclusion, cheapestAlone: { offer, found, price } };
}

function ratedBy({ demand }: Problem): string {
  const observed = (demand.observed?.availability.length ?? 0) > 0;
  return observed
    ? 'Availability is what vendors declare, and where enough was observed what that bears out'
    : 'Availability is what vendors declare';
}

/** Of the plans' machines and of what they were held against. */
function observedOf(
  { demand, items }: Problem,
  plans: readonly Unexplained[],
  told: readonly ItemExplanation[],
): readonly string[] {
  if (!demand.observed) return [];
  const beside = new Set(told.flatMap(({ alternatives = [] }) => alternatives.map(({ offer }) => offer)));
  const lost = items.flatMap(({ candidates }) => candidates.flatMap(({ offer }) => (beside.has(offer.id) ? [offer] : [])));
  const chosen = plans.flatMap(({ assignments }) => assignments.map(({ offer }) => offer));
  return observedWords(demand.observed, [...chosen, ...lost]).slice(0, mostObserved);
}

function boundOf(criterion: Criterion, { sums, demand }: Problem): readonly (readonly [string, Range])[] {
  const range = sums.get(criterion.key);
  if (!range) return [];
  const machines = demand.needs.reduce((sum, { item, count }) => (looksAt(criterion, item) ? sum + count : sum), 0);
  return [[criterion.key, { min: criterion.total(range.min, machines), max: criterion.total(range.max, machines) }]];
}

function assumptions(problem: Problem, plans: readonly Unexplained[]): readonly string[] {
  const { criteria, demand } = problem;
  const notes: string[] = [...assumedFor(demand)];
  const availability = criteria.find(({ key }) => key === 'availability');
  if (availability) {
    notes.push(`${ratedBy(problem)}, multiplied over all machines: their failures are taken as independent.`);
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
