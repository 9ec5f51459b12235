import type { Demand } from '../documents/call.js';
import { chosenOf } from './alternatives.js';
import type { Answer } from './answer.js';
import { beside } from './cost.js';
import { widest } from './criteria.js';
import { itemByItem } from './item-by-item.js';
import { missesOf } from './misses.js';
import type { Offer } from './offer.js';
import { outcomeOf } from './outcome.js';
import type { Assignment, ConstraintPrice, Plan } from './plan.js';
import { monthly, type Problem, problemOf, type SelectionOptions, weightedSum } from './problem.js';
import { type Relaxation, relaxationOf, relaxed } from './relaxation.js';
import { writable } from './repair-fields.js';
import { looserOf, nameOf, wordsOf } from './repair-words.js';
import { jointSteps, nearsBudget, standsAlone } from './shadow-steps.js';
import { bestPlan, boundsOf, type Found, type Solver } from './solve.js';
import { byCostAlone } from './staying.js';
import { isOver } from './time-limit.js';

export interface Prices {
  readonly prices: readonly ConstraintPrice[];
  readonly notes: readonly string[];
}

/** What has been selected from, and how. */
export interface Selected {
  readonly problem: Problem;
  readonly answer: Answer;
  readonly options: SelectionOptions;
  readonly solver: Solver;
}

/** The call is solved anew for no more steps than this, and only when it has no more items and candidates than these: it must not cost what choosing does. */
const limits = { steps: 8, items: 5, candidates: 300 } as const;
const shown = 5;
/** Less is not worth telling: half a cent, and a score in its fourth digit. */
const worthTelling = { saves: 0.005, gains: 0.00005 } as const;

/** Less is rounding. */
const noGain = 1e-7;

type Best = Pick<Plan, 'assignments'>;

/**
 * What each constraint costs the best plan (its shadow price): how much better the best would be if the constraint were one step looser. A
 * requirement is loosened as far as the cheapest offer that it alone excludes; it may save more where that offer's like are needed too. Told is
 * what saves or gains something, the most first; nothing under the policies that do not rank by one score.
 */
export function shadowPrices(selected: Selected, best: Best): Prices {
  const { problem } = selected;
  if (problem.demand.policy !== 'weighted' && problem.demand.policy !== 'lowest-cost') return { prices: [], notes: [] };
  const steps = stepsOf(selected, best).filter((step) => mayHelp(problem, best, step));
  const joint = steps.filter(({ alone }) => !alone);
  const left = isSmall(problem) ? joint.slice(limits.steps) : joint;
  const prices = steps
    .filter((step) => !left.includes(step))
    .flatMap((step) => priceOf(selected, best, step))
    .filter(({ saves, gains }) => saves >= worthTelling.saves || gains >= worthTelling.gains)
    .sort((x, y) => y.saves - x.saves || y.gains - x.gains);
  return { prices: prices.slice(0, shown), notes: left.length > 0 ? [unsaid(left.length)] : [] };
}

function unsaid(constraints: number): string {
  const which = constraints === 1 ? 'one of the constraints costs' : `${constraints} of the constraints cost`;
  return `What ${which} was not worked out: the call would have to be solved anew for it.`;
}

/** One constraint, one step looser; `offer` is what that admits, where it is known. */
interface LooserStep {
  readonly step: Relaxation;
  readonly offer?: Offer;
  /** Nothing else decides where the item goes. */
  readonly alone?: boolean;
}

function stepsOf(selected: Selected, { assignments }: Best): readonly LooserStep[] {
  const { demand, items } = selected.problem;
  const requirements = items.flatMap(({ need, answer }) =>
    answer.excluded.flatMap(({ constraint: text, cheapestAlone }): readonly LooserStep[] => {
      const index = need.require.findIndex((constraint) => constraint.text === text);
      const [constraint, offer] = [need.require[index], cheapestAlone?.itself];
      const misses = constraint && offer ? missesOf(constraint, offer) : [];
      if (!offer || misses.length === 0) return [];
      const step = writable(demand, relaxationOf(need.item, index, misses));
      return [{ step, offer, alone: standsAlone(selected.problem, step, offer) }];
    }),
  );
  const { cost } = outcomeIn(selected.problem, beside(selected.problem.fixed, assignments));
  return [...jointSteps(demand, assignments, cost).map((step) => ({ step })), ...requirements];
}

function isSmall({ items }: Problem): boolean {
  const candidates = items.reduce((sum, item) => sum + item.candidates.length, 0);
  return items.length <= limits.items && candidates <= limits.candidates;
}

/** By cost alone nothing is gained by a greater budget, or by an offer that is dearer than all that the item has. */
function mayHelp(problem: Problem, { assignments }: Best, { step, offer }: LooserStep): boolean {
  if (!byCostAlone(problem)) return true;
  if (!offer || !('item' in step)) return step.of !== 'budget';
  return problem.discounts.length > 0 || assignments.some((each) => each.item === step.item && offer.price < each.offer.price);
}

function priceOf(selected: Selected, best: Best, step: LooserStep): readonly ConstraintPrice[] {
  const { problem } = selected;
  const solver: Solver = quiet(selected.solver);
  const own = beside(problem.fixed, best.assignments);
  const loosened = looser(selected, own, step);
  if (!isWorthTrying(loosened, own, step)) return [];
  const before = outcomeIn(loosened, own);
  const after = bestOf(loosened, before.score, solver);
  if (!after) return [];
  const saves = before.cost - after.cost - loosened.fixedCost;
  const gains = byCostAlone(problem) ? saves * problem.worthOfCost : after.score - before.score;
  return [told(problem.demand, step, saves, gains)];
}

/** What is no better than any machine that the item has is for nobody, unless it is cheaper and the money is short. */
function isWorthTrying(problem: Problem, own: readonly Assignment[], { step, offer }: LooserStep): boolean {
  if (!offer || !('item' in step)) return true;
  const chosen = chosenOf(problem, own).map(({ candidate }) => candidate);
  const item = problem.items.findIndex(({ need }) => need.item === step.item);
  const admitted = problem.items[item]?.candidates.filter((candidate) => candidate.offer.id === offer.id) ?? [];
  const isShort = nearsBudget(problem.demand, outcomeIn(problem, own).cost);
  return admitted.some(({ score, cost }) =>
    chosen.some((each) => each.item === item && (score > each.score || (isShort && cost < each.cost))),
  );
}

/** A plan of another call is no news to who waits for this one. */
function quiet(solver: Solver): Solver {
  return {
    highs: solver.highs,
    get seconds() {
      return solver.seconds;
    },
  };
}

/** Undefined when nothing is better. Of equal plans any will do: no tie is broken. */
function bestOf(problem: Problem, score: number, solver: Solver): Pick<Found, 'cost' | 'score'> | undefined {
  const separately = itemByItem(problem)?.best([]);
  if (separately) return separately.found;
  if (isOver(solver)) return undefined;
  const bounds = boundsOf(problem, solver);
  return bounds && bounds.bound > score + noGain ? bestPlan(problem, bounds, [], solver) : undefined;
}

/** Of a plan beside what is fixed: its cost in USD a month, and its score. */
function outcomeIn(problem: Problem, plan: readonly Assignment[]): { readonly cost: number; readonly score: number } {
  const { cost, shares } = outcomeOf(problem, chosenOf(problem, plan));
  return { cost: cost + problem.fixedCost, score: weightedSum(problem.focus.weights, shares) };
}

/**
 * The problem with the constraint loosened, on the same scale: what is excluded now is not part of it. For an item that stands alone it is enough to
 * choose between what it has and what would be let in.
 */
function looser({ problem, answer, options }: Selected, own: readonly Assignment[], { step, offer, alone }: LooserStep): Problem {
  const demand: Demand = { ...relaxed(problem.demand, [step]), proposals: 1 };
  const from = alone ? onlyOf(answer, own) : answer;
  return problemOf(demand, offer && 'item' in step ? withOffer(from, step.item, offer, byCostAlone(problem)) : from, options);
}

function onlyOf(answer: Answer, own: readonly Assignment[]): Answer {
  const items = answer.items.map((each) => {
    const there = new Set(own.filter(({ item }) => item === each.item).map(({ offer }) => offer.id));
    return { ...each, candidates: [...there] };
  });
  return { ...answer, offers: own.map(({ offer }) => offer), items };
}

/** By cost alone the scale is stretched, so that it tells even the cheapest from a cheaper one. */
function withOffer(answer: Answer, item: string, offer: Offer, stretched: boolean): Answer {
  const cost = { min: monthly(offer), max: monthly(offer) };
  const items = answer.items.map((each) => {
    if (each.item !== item) return each;
    const ranges = stretched ? { ...each.ranges, cost: widest(each.ranges['cost'], cost) } : each.ranges;
    return { ...each, candidates: [...each.candidates, offer.id], ranges };
  });
  return { ...answer, offers: [...answer.offers.filter(({ id }) => id !== offer.id), offer], items };
}

function told(demand: Demand, { step, offer }: LooserStep, saves: number, gains: number): ConstraintPrice {
  const item = 'item' in step ? step.item : null;
  const where = offer && item !== null ? ` (${item} at ${offer.vendor} ${offer.region})` : '';
  const text = `${capital(stepWords(demand, step))} would ${effect(saves, gains)}${where}.`;
  return { item, constraint: nameOf(demand, step), looser: looserOf(demand, step), saves, gains, text };
}

/** `One more country (US)`, for what is told most often; else as repairs are told. */
function stepWords(demand: Demand, step: Relaxation): string {
  if (step.of !== 'require' || step.loosened === 'out' || step.loosened.members.length !== 1) return wordsOf(demand, step);
  const [member] = step.loosened.members;
  const [set, level] = member?.list.split('.') ?? [];
  return set === 'within' ? `one more ${level ?? 'place'} (${member?.name ?? ''})` : wordsOf(demand, step);
}

function effect(saves: number, gains: number): string {
  const [money, score] = [`${Math.abs(saves).toFixed(2)} USD a month`, gains.toFixed(4)];
  if (saves >= worthTelling.saves) return `save ${money}`;
  return saves <= -worthTelling.saves ? `raise the score by ${score} for ${money} more` : `raise the score by ${score}`;
}

/** Names of items stay as they are written. */
function capital(words: string): string {
  return /^(a|an|at|one|no) /.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}
