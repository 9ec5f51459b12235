import type { Demand } from '../documents/call.js';
import type { Answer } from './answer.js';
import { costTolerance } from './cost.js';
import { one } from './elastic.js';
import { levelsToKnow } from './filter.js';
import { relax, solveByHighs } from './highs-solver.js';
import type { LinearModel, Row, Term } from './linear.js';
import { offerMeets } from './meets.js';
import type { Explanation, Repair, RepairRound } from './plan.js';
import { problemOf } from './problem.js';
import { keyOf, type Relaxation, relaxed } from './relaxation.js';
import { repairModelOf } from './repair-model.js';
import { type Constraints, Misses } from './repair-sets.js';
import { changesOf, writable } from './repair-fields.js';
import { wordsOf } from './repair-words.js';
import type { SelectOptions } from './select.js';
import { smallModel, solveSmall } from './simplex-solver.js';
import { allCandidates, solveExactly, type Solver } from './solve.js';
import { isOver, limited } from './time-limit.js';

/** A repair, and the demand with it. */
export interface Repaired {
  readonly repair: Repair;
  readonly demand: Demand;
}

const told = 3;
/** So many sets of one constraint more than the smallest are looked at for further ways. */
const furtherSets = 100;

/**
 * The smallest changes that make an impossible demand possible (CFP.md 3): the fewest constraints, then the least summed relative change, then the
 * cheapest plan. Exact, up to three, each of other constraints than those before it and of at most one more than the first. Each has been
 * applied and solved, so that it is known to succeed. `answer` is that of the repair round.
 *
 * Sets of constraints are tried one after the other, the small ones first: loosened all at once they make a model that no solver is done with in
 * time, while for a few of them hardly any offer of a place is of use.
 */
export async function smallestRepairs(
  demand: Demand,
  answer: Answer,
  options: SelectOptions['solver'],
): Promise<readonly Repaired[]> {
  const solver = await limited(options);
  const misses = new Misses(demand, answer);
  const found: (Repaired & { readonly constraints: Constraints })[] = [];
  let fewest = Infinity;
  let further = 0;
  for (const constraints of misses.sets()) {
    const isFurther = constraints.size > fewest;
    if (isOver(solver) || constraints.size > fewest + 1 || (isFurther && (found.length >= told || ++further > furtherSets)))
      break;
    if (found.some((other) => [...other.constraints].every((key) => constraints.has(key)))) continue;
    const repaired = repairedBy(demand, misses.within(constraints), constraints, solver);
    if (!repaired) continue;
    fewest = Math.min(fewest, constraints.size);
    found.push({ ...repaired, constraints });
  }
  return found
    .sort((a, b) => a.constraints.size - b.constraints.size || a.repair.size - b.repair.size || a.repair.cost - b.repair.cost)
    .slice(0, told)
    .map(({ repair, demand: repaired }) => ({ repair, demand: repaired }));
}

/** The explanation of a refused call with what would make it possible; the notes begin with the smallest change, and whose offers it does not know. */
export function withRepairs(explanation: Explanation, repaired: readonly Repaired[], repairRound: RepairRound): Explanation {
  const [first] = repaired;
  const notes = [
    ...(first ? [`It would be possible with: ${first.repair.text}.`] : []),
    ...unheard(repairRound, first !== undefined),
    ...explanation.notes,
  ];
  return { ...explanation, notes, ...(first && { repairs: repaired.map(({ repair }) => repair) }), repairRound };
}

/** The smallest change is that of those who answered. */
function unheard({ asked, silent }: RepairRound, isRepaired: boolean): readonly string[] {
  if (silent.length === 0) return [];
  const who = `${silent.join(', ')} had not answered in time when all ${asked.length} vendor agents were asked what would make it possible`;
  return [`${who}: ${isRepaired ? 'a smaller change' : 'a change that does'} may exist.`];
}

/** The least that has to be loosened of just these constraints, if that is enough. */
function repairedBy(demand: Demand, answer: Answer, constraints: Constraints, solver: Solver): Repaired | undefined {
  if (answer.items.some(({ candidates }) => candidates.length === 0)) return undefined;
  const { elastic, cost } = repairModelOf(demand, answer);
  const [own, others] = [true, false].map((isOwn) =>
    elastic.relaxables.filter(({ key }) => constraints.has(key) === isOwn).map(({ changed }) => one(changed)),
  );
  const just: readonly Row[] = [
    { terms: own ?? [], sense: '>=', bound: constraints.size },
    { terms: others ?? [], sense: '<=', bound: 0 },
  ];
  const smallest = elastic.minimising(elastic.size, just);
  if (!relax(solver.highs, smallest, solver.seconds)) return undefined;
  const least = solved(smallest, solver);
  if (!least) return undefined;
  const asLittle: Row = { terms: elastic.size, sense: '<=', bound: total(elastic.size, least) + 1e-7 };
  const cheapest = solved(elastic.minimising(cost, [...just, asLittle]), solver) ?? least;
  const relaxations = elastic.relaxables.flatMap(({ read }) => read((column) => cheapest[column] ?? 0) ?? []);
  return applied(demand, answer, { relaxations, mayRise: constraints.has(keyOf({ of: 'budget' })) }, solver);
}

function total(terms: readonly Term[], values: Float64Array): number {
  return terms.reduce((sum, { column, coefficient }) => sum + coefficient * (values[column] ?? 0), 0);
}

/** As in solve.ts: what one solver cannot find, another is asked for, and what it finds is held against the rows. */
function solved(model: LinearModel, { highs, seconds }: Solver): Float64Array | undefined {
  const byHighs = (presolve: boolean) => () => solveByHighs(highs, model, { seconds, presolve });
  const ways = model.columns.length <= smallModel ? [() => solveSmall(model), byHighs(true)] : [byHighs(true), byHighs(false)];
  for (const solve of ways) {
    const values = solve()?.values;
    if (values && model.rows.every((row) => holds(row, values))) return values;
  }
  return undefined;
}

function holds({ terms, sense, bound }: Row, values: Float64Array): boolean {
  const sum = total(terms, values);
  const slack = 1e-6 * Math.max(1, Math.abs(bound));
  return (sense === '>=' || sum <= bound + slack) && (sense === '<=' || sum >= bound - slack);
}

/** The demand as changed, when that really makes a plan possible. A budget rises to what the cheapest plan costs in truth. */
function applied(
  demand: Demand,
  answer: Answer,
  { relaxations, mayRise }: { readonly relaxations: readonly Relaxation[]; readonly mayRise: boolean },
  solver: Solver,
): Repaired | undefined {
  const others = relaxations.filter(({ of }) => of !== 'budget').map((relaxation) => writable(demand, relaxation));
  const { budget, ...unlimited } = relaxed(demand, others);
  const cost = cheapest(budget && !mayRise ? { ...unlimited, budget } : unlimited, answer, solver);
  if (cost === undefined) return undefined;
  const changes = budget && cost > budget.atMost + costTolerance ? [...others, raisedTo(cost, budget.atMost)] : others;
  if (changes.length === 0) return undefined;
  return { repair: repairOf(demand, changes, cost), demand: relaxed(demand, changes) };
}

function raisedTo(cost: number, from: number): Relaxation {
  const atMost = Math.ceil(cost * 100 - 1e-6) / 100;
  return { of: 'budget', atMost, size: (atMost - from) / (from || 1) };
}

/** What the cheapest plan costs, USD a month; undefined when there is none. */
function cheapest(demand: Demand, answer: Answer, solver: Solver): number | undefined {
  const problem = problemOf(demand, meeting(demand, answer), {});
  const found = solveExactly(problem, allCandidates(problem), { aim: { best: 'cost' } }, solver);
  return found && found.cost + problem.fixedCost;
}

/** Of the repair round's offers those that meet the demand. */
function meeting(demand: Demand, answer: Answer): Answer {
  const offers = new Map(answer.offers.map((offer) => [offer.id, offer]));
  const items = answer.items.map((item) => {
    const need = demand.needs.find((each) => each.item === item.item);
    const levels = need ? levelsToKnow(need, demand) : [];
    const candidates = item.candidates.filter((id) => {
      const offer = offers.get(id);
      if (!offer || !need) return false;
      return levels.every((level) => offer[level] !== null) && need.require.every((constraint) => offerMeets(constraint, offer));
    });
    return { ...item, candidates };
  });
  return { ...answer, items };
}

function repairOf(demand: Demand, relaxations: readonly Relaxation[], cost: number): Repair {
  const words = relaxations.map((relaxation) => wordsOf(demand, relaxation)).join(' and ');
  return {
    changes: changesOf(demand, relaxations),
    cost,
    size: relaxations.reduce((sum, { size }) => sum + size, 0),
    text: `${words} (${cost.toFixed(2)} USD a month)`,
  };
}
