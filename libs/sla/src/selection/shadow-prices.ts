import type { Demand } from '../documents/call.js';
import { missesOf } from './misses.js';
import { chosenOf } from './alternatives.js';
import type { Answer } from './answer.js';
import type { Offer } from './offer.js';
import type { Assignment, ConstraintPrice, Plan } from './plan.js';
import { outcomeOf } from './outcome.js';
import { type Problem, problemOf, type SelectionOptions, weightedSum } from './problem.js';
import { beside } from './cost.js';
import { rankings } from './ranking.js';
import { type Relaxation, relaxationOf, relaxed } from './relaxation.js';
import { writable } from './repair-fields.js';
import { looserOf, nameOf, wordsOf } from './repair-words.js';
import type { Solver } from './solve.js';
import { jointSteps, standsAlone } from './shadow-steps.js';

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

type Best = Pick<Plan, 'assignments'>;

/**
 * What each constraint costs the best plan (its shadow price): how much better the best would be if the constraint were one step looser. A
 * requirement is loosened as far as the cheapest offer that it alone excludes; it may save more where that offer's like are needed too. Told is
 * what saves or gains something, the most first.
 */
export function shadowPrices(selected: Selected, best: Best): Prices {
  const { policy } = selected.problem.demand;
  const steps = stepsOf(selected, best);
  const byHand = steps.filter(({ step, offer }) => offer && standsAlone(selected.problem, step, offer));
  const toSolve = steps.filter((step) => !byHand.includes(step));
  const solvable = isSmall(selected.problem) && policy !== 'pareto' && policy !== 'topsis';
  const solved = solvable ? toSolve.slice(0, limits.steps) : [];
  const prices = [
    ...byHand.flatMap((step) => exchanged(selected, best, step)),
    ...solved.flatMap((step) => solvedAnew(selected, best, step)),
  ].filter(({ saves, gains }) => saves >= worthTelling.saves || gains >= worthTelling.gains);
  const left = toSolve.length - solved.length;
  const which = left === 1 ? 'one of the constraints costs' : `${left} of the constraints cost`;
  const unsaid = `What ${which} was not worked out: the call would have to be solved anew for it.`;
  const notes = left > 0 ? [unsaid] : [];
  return { prices: prices.sort((a, b) => b.saves - a.saves || b.gains - a.gains).slice(0, shown), notes };
}

/** One constraint, one step looser; `offer` is what that admits, where it is known. */
interface LooserStep {
  readonly step: Relaxation;
  readonly offer?: Offer;
}

function stepsOf(selected: Selected, { assignments }: Best): readonly LooserStep[] {
  const { demand, items } = selected.problem;
  const requirements = items.flatMap(({ need, answer }) =>
    answer.excluded.flatMap(({ constraint: text, cheapestAlone }): readonly LooserStep[] => {
      const index = need.require.findIndex((constraint) => constraint.text === text);
      const [constraint, offer] = [need.require[index], cheapestAlone?.itself];
      const misses = constraint && offer ? missesOf(constraint, offer) : [];
      if (!offer || misses.length === 0) return [];
      return [{ step: writable(demand, relaxationOf(need.item, index, misses)), offer }];
    }),
  );
  return [...jointSteps(demand, assignments).map((step) => ({ step })), ...requirements];
}

function isSmall({ items }: Problem): boolean {
  const candidates = items.reduce((sum, item) => sum + item.candidates.length, 0);
  return items.length <= limits.items && candidates <= limits.candidates;
}

/** Where nothing else binds an item, all its machines go to the better offer. */
function exchanged(selected: Selected, best: Best, { step, offer }: LooserStep): readonly ConstraintPrice[] {
  const item = 'item' in step ? step.item : '';
  const count = best.assignments.reduce((sum, each) => (each.item === item ? sum + each.count : sum), 0);
  if (!offer || count === 0) return [];
  const others = best.assignments.filter((each) => each.item !== item);
  const problem = looser(selected, step, offer);
  const price = pricedBy(selected, best, { step, offer }, outcomeIn(problem, [...others, { item, offer, count }]));
  const costAlone = problem.criteria.every(({ key }) => key === 'cost');
  return price.gains > 0 || (costAlone && price.saves > 0) ? [price] : [];
}

function solvedAnew(selected: Selected, best: Best, { step, offer }: LooserStep): readonly ConstraintPrice[] {
  const problem = looser(selected, step, offer);
  const [found] = rankings[problem.demand.policy](problem, selected.solver).found;
  if (!found) return [];
  return [pricedBy(selected, best, { step, ...(offer && { offer }) }, outcomeIn(problem, found.plan))];
}

/** Of a plan beside what is fixed: its cost in USD a month, and its score on the scale of the call as it is, which what is excluded now can exceed. */
function outcomeIn(problem: Problem, plan: readonly Assignment[]): { readonly cost: number; readonly score: number } {
  const { cost, shares } = outcomeOf(problem, chosenOf(problem, plan));
  return { cost: cost + problem.fixedCost, score: weightedSum(problem.focus.weights, shares) };
}

/** The problem with the constraint loosened, on the same scale: what is excluded now is not part of it. */
function looser({ problem, answer, options }: Selected, step: Relaxation, offer: Offer | undefined): Problem {
  const demand: Demand = { ...relaxed(problem.demand, [step]), proposals: 1 };
  return problemOf(demand, offer && 'item' in step ? withOffer(answer, step.item, offer) : answer, options);
}

function withOffer(answer: Answer, item: string, offer: Offer): Answer {
  return {
    ...answer,
    offers: [...answer.offers.filter(({ id }) => id !== offer.id), offer],
    items: answer.items.map((each) => (each.item === item ? { ...each, candidates: [...each.candidates, offer.id] } : each)),
  };
}

function pricedBy(
  { problem }: Selected,
  { assignments }: Best,
  { step, offer }: LooserStep,
  loosened: { readonly cost: number; readonly score: number },
): ConstraintPrice {
  const { demand, fixed } = problem;
  const item = 'item' in step ? step.item : null;
  const now = outcomeIn(problem, beside(fixed, assignments));
  const [saves, gains] = [now.cost - loosened.cost, loosened.score - now.score];
  const where = offer && item !== null ? ` (${item} at ${offer.vendor} ${offer.region})` : '';
  return {
    item,
    constraint: nameOf(demand, step),
    looser: looserOf(demand, step),
    saves,
    gains,
    text: `${capital(stepWords(demand, step))} would ${effect(saves, gains)}${where}.`,
  };
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
