import type { Demand } from '../documents/call.js';
import type { Answer } from './answer.js';
import { costTolerance } from './cost.js';
import { one } from './elastic.js';
import { levelsToKnow } from './filter.js';
import { solveByHighs } from './highs-solver.js';
import type { LinearModel, Row, Term } from './linear.js';
import { offerMeets } from './meets.js';
import type { Explanation, Repair } from './plan.js';
import { problemOf } from './problem.js';
import { type Relaxation, relaxed } from './relaxation.js';
import { type RepairModel, repairModelOf } from './repair-model.js';
import { changesOf, writable } from './repair-fields.js';
import { wordsOf } from './repair-words.js';
import type { SelectOptions } from './select.js';
import { smallModel, solveSmall } from './simplex-solver.js';
import { allCandidates, solveExactly, type Solver } from './solve.js';
import { limited } from './time-limit.js';

/** A repair, and the demand with it. */
export interface Repaired {
  readonly repair: Repair;
  readonly demand: Demand;
}

const told = 3;
/** Changes that turn out not to be enough, for what the model cannot see, are passed over this often. */
const tries = 6;

/**
 * The smallest changes that make an impossible demand possible (CFP.md 3): the fewest constraints, then the least summed relative change, then the
 * cheapest plan. Exact, up to three, each of other constraints than those before it and of at most one more than the first. Each has been
 * applied and solved, so that it is known to succeed. `answer` is that of the repair round.
 */
export async function smallestRepairs(
  demand: Demand,
  answer: Answer,
  options: SelectOptions['solver'],
): Promise<readonly Repaired[]> {
  const solver = await limited(options);
  const model = repairModelOf(demand, answer);
  const found: Repaired[] = [];
  const passed: Row[] = [];
  let most = Infinity;
  for (let tried = 0; tried < tries && found.length < told; tried += 1) {
    const smallest = smallestChange(model, passed, solver);
    if (!smallest || smallest.changed.length > most) break;
    const repaired = applied(demand, answer, smallest.relaxations, solver);
    passed.push(!repaired && smallest.unseen.length > 0 ? oneOf(smallest.unseen) : otherThan(model, smallest.changed));
    if (!repaired) continue;
    found.push(repaired);
    most = Math.min(most, smallest.changed.length + 1);
  }
  return found;
}

/** The explanation of a refused call with what would make it possible; the notes begin with the smallest change. */
export function withRepairs(explanation: Explanation, repaired: readonly Repaired[]): Explanation {
  const [first] = repaired;
  if (!first) return explanation;
  const notes = [`It would be possible with: ${first.repair.text}.`, ...explanation.notes];
  return { ...explanation, notes, repairs: repaired.map(({ repair }) => repair) };
}

interface SmallestChange {
  /** Columns that would take out what the model does not see, all of it still there. */
  readonly unseen: readonly number[];
  readonly changed: readonly number[];
  readonly relaxations: readonly Relaxation[];
}

function smallestChange(
  { elastic, cost, unseen }: RepairModel,
  passed: readonly Row[],
  solver: Solver,
): SmallestChange | undefined {
  const fewest = solved(elastic.minimising(elastic.count, passed), solver);
  if (!fewest) return undefined;
  const asFew: Row = { terms: elastic.count, sense: '<=', bound: total(elastic.count, fewest) };
  const least = solved(elastic.minimising(elastic.size, [...passed, asFew]), solver) ?? fewest;
  const asLittle: Row = { terms: elastic.size, sense: '<=', bound: total(elastic.size, least) + 1e-7 };
  const cheapest = solved(elastic.minimising(cost, [...passed, asFew, asLittle]), solver) ?? least;
  const value = (column: number) => cheapest[column] ?? 0;
  return {
    unseen: unseen.some((column) => value(column) > 0) ? [] : unseen,
    changed: elastic.relaxables.map(({ changed }) => changed).filter((column) => value(column) > 0),
    relaxations: elastic.relaxables.flatMap(({ read }) => read(value) ?? []),
  };
}

/** What fails for reasons that the model does not see needs one of them gone. */
function oneOf(unseen: readonly number[]): Row {
  return { terms: unseen.map(one), sense: '>=', bound: 1 };
}

/** Not all of these constraints again: more than enough is no other way. */
function otherThan({ elastic }: RepairModel, changed: readonly number[]): Row {
  if (changed.length === 0) return { terms: elastic.count, sense: '>=', bound: 1 };
  return { terms: changed.map(one), sense: '<=', bound: changed.length - 1 };
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
function applied(demand: Demand, answer: Answer, relaxations: readonly Relaxation[], solver: Solver): Repaired | undefined {
  const mayRise = relaxations.some(({ of }) => of === 'budget');
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
