import type { Highs } from 'highs';
import { relax, solveByHighs } from './highs-solver.js';
import type { Solution } from './linear.js';
import { type Model, type ModelOptions, modelOf } from './model.js';
import { broken, type Outcome, outcomeOf, scoreWithin } from './outcome.js';
import type { Assignment } from './plan.js';
import type { Candidate, Problem } from './problem.js';
import { smallModel, solveSmall } from './simplex-solver.js';
import { isUnlike } from './unlike-rows.js';

/** Two scores closer than this are equal. */
export const tie = 1e-9;

export interface Solver {
  readonly highs: Highs;
  /** For the next search: what is left of the time for all of them. */
  readonly seconds: number;
  /** Told of a plan that breaks nothing, while better ones are still looked for. */
  readonly onFound?: (found: Found) => void;
}

/** What the LP relaxation says of all candidates: no plan scores above `bound`, and one machine at candidate n lowers that by `losses[n]`. */
export interface Bounds {
  readonly bound: number;
  readonly losses: ReadonlyMap<Candidate, number>;
}

export interface Found extends Outcome {
  /** By what is sought, of what is not fixed. */
  readonly score: number;
  /** No plan is better by more than this. */
  readonly gap: number;
}

export function allCandidates(problem: Problem): readonly Candidate[] {
  return problem.items.flatMap(({ candidates, count }) => (count > 0 ? candidates : []));
}

/** Undefined when no plan exists, not even with parts of machines. */
export function boundsOf(problem: Problem, { highs, seconds }: Solver): Bounds | undefined {
  const model = modelOf(problem, allCandidates(problem));
  if (model.candidates.length === 0)
    return { bound: scoreWithin(problem, outcomeOf(problem, []).shares) ?? 0, losses: new Map() };
  if (isHopeless(model)) return undefined;
  const relaxed = relax(highs, model, seconds);
  if (!relaxed) return undefined;
  const losses = model.candidates.map((candidate, column) => [candidate, (relaxed.losses[column] ?? 0) / model.scale] as const);
  return { bound: model.unscaled(relaxed.bound), losses: new Map(losses) };
}

/**
 * The best plan unlike some others, proven optimal by the relaxation's bound or by exhaustive search (ARCHITECTURE.md, the solvers): an
 * incumbent from the most promising candidates; every candidate whose loss puts it below the incumbent goes; the exact search is over the rest.
 */
export function bestPlan(
  problem: Problem,
  bounds: Bounds,
  unlike: readonly (readonly Assignment[])[],
  solver: Solver,
): Found | undefined {
  const candidates = allCandidates(problem);
  const incumbent = firstPlan(problem, candidates, bounds.losses, unlike, solver);
  if (incumbent && incumbent.score >= bounds.bound - tie) return { ...incumbent, gap: 0 };
  if (incumbent && unlike.length === 0) solver.onFound?.({ ...incumbent, gap: bounds.bound - incumbent.score });
  return improved(problem, bounds, incumbent, unlike, solver);
}

function improved(
  problem: Problem,
  bounds: Bounds,
  incumbent: Scored | undefined,
  unlike: readonly (readonly Assignment[])[],
  solver: Solver,
): Found | undefined {
  const candidates = allCandidates(problem);
  const survivors = incumbent ? surviving(candidates, bounds, incumbent.score) : candidates;
  const exact = solveExactly(problem, survivors, { unlike }, solver);
  if (!exact) return incumbent && { ...incumbent, gap: bounds.bound - incumbent.score };
  const better = incumbent && incumbent.score > exact.score ? { ...exact, ...incumbent } : exact;
  return { ...better, gap: exact.proven ? 0 : Math.max(0, bounds.bound - better.score) };
}

/** The candidates that can be part of a plan with at least this score. */
export function surviving(candidates: readonly Candidate[], { bound, losses }: Bounds, score: number): readonly Candidate[] {
  return candidates.filter((candidate) => bound - (losses.get(candidate) ?? 0) >= score - 2 * tie);
}

/** A plan from the candidates of least loss, where losses are known; a dozen of each item first, then more. */
export function firstPlan(
  problem: Problem,
  candidates: readonly Candidate[],
  losses: Bounds['losses'],
  unlike: readonly (readonly Assignment[])[],
  solver: Solver,
): Scored | undefined {
  for (const limit of [12, 48]) {
    const promising = problem.items.flatMap(({ count }, item) => {
      const own = candidates.filter((candidate) => candidate.item === item);
      return own
        .sort((x, y) => (losses.get(x) ?? 0) - (losses.get(y) ?? 0) || y.score - x.score)
        .slice(0, Math.max(limit, count));
    });
    const model = modelOf(problem, promising, { unlike });
    const solution = isHopeless(model)
      ? undefined
      : model.columns.length <= smallModel
        ? solveSmall(model)
        : solveByHighs(solver.highs, model, { seconds: solver.seconds, presolve: true });
    const plan = solution && checked(problem, model, solution, { unlike });
    if (plan) return plan;
  }
  return undefined;
}

/** The exact answer over these candidates. "None" is believed only when a second search, in another way, agrees. */
export function solveExactly(
  problem: Problem,
  candidates: readonly Candidate[],
  options: ModelOptions,
  solver: Solver,
): (Scored & { readonly proven: boolean }) | undefined {
  const model = modelOf(problem, candidates, options);
  if (model.candidates.length === 0) return nothingToPlace(problem, model, options);
  if (isHopeless(model)) return undefined;
  const byHighs = (presolve: boolean) => () => solveByHighs(solver.highs, model, { seconds: solver.seconds, presolve });
  // HiGHS has been seen to circle for minutes in a tiny model, past its own time limit: those go to the plain search first.
  const ways: readonly (() => Solution | undefined)[] =
    model.columns.length <= smallModel ? [() => solveSmall(model), byHighs(true)] : [byHighs(true), byHighs(false)];
  for (const solve of ways) {
    const solution = solve();
    const plan = solution && checked(problem, model, solution, options);
    if (plan) return { ...plan, proven: solution.proven };
  }
  return undefined;
}

function nothingToPlace(
  problem: Problem,
  model: Model,
  options: ModelOptions,
): (Scored & { readonly proven: boolean }) | undefined {
  const plan = isHopeless(model) ? undefined : checked(problem, model, { values: new Float64Array(), proven: true }, options);
  return plan && { ...plan, proven: true };
}

/** A row that no column can help to meet. */
function isHopeless({ rows }: Model): boolean {
  return rows.some(({ terms }) => terms.length === 0);
}

interface Scored extends Outcome {
  readonly score: number;
}

/** The solution as a plan, if it breaks nothing and is unlike the others. A plan that was asked for without some constraint may break that. */
function checked(
  problem: Problem,
  model: Model,
  { values }: Solution,
  { unlike = [], without = new Set() }: ModelOptions,
): Scored | undefined {
  const chosen = model.candidates
    .map((candidate, column) => ({ candidate, count: values[column] ?? 0 }))
    .filter(({ count }) => count > 0);
  const outcome = outcomeOf(problem, chosen);
  if (!isUnlike(problem, outcome.plan, unlike)) return undefined;
  if (without.size === 0 && broken(problem, outcome.plan).length > 0) return undefined;
  const score = scoreWithin(problem, outcome.shares);
  return score === undefined ? undefined : { ...outcome, score };
}
