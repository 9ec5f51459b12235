import { availabilityRows } from './availability-rows.js';
import { CriterionRows } from './criterion-rows.js';
import { discountRows } from './discount-rows.js';
import { Draft, type JointConstraint, ones } from './draft.js';
import type { LinearModel } from './linear.js';
import { type Aim, aimAt, budgetRow } from './objective.js';
import { placeRows } from './place-rows.js';
import type { Assignment } from './plan.js';
import { poolRows } from './pool-rows.js';
import type { Candidate, Problem } from './problem.js';
import { trafficRows } from './traffic-rows.js';
import { unlikeRows } from './unlike-rows.js';

export type { JointConstraint } from './draft.js';
export { siteKey } from './unlike-rows.js';

export interface ModelOptions {
  /** Plans that the solution must differ from in some item's account, region, zone or market. */
  readonly unlike?: readonly (readonly Assignment[])[];
  readonly without?: ReadonlySet<JointConstraint>;
  readonly aim?: Aim;
}

export interface Model extends LinearModel {
  /** Column n, for n below their number, is how many machines candidate n gets; the rest are helpers. */
  readonly candidates: readonly Candidate[];
  /** From the objective's scale, in which solvers tell good plans apart, to the score or (negated) cost. */
  readonly unscaled: (objective: number) => number;
  readonly scale: number;
}

/** The integer model of CFP.md 4 over some of the candidates. Throws AgencyError `unsupported` for what cannot be made linear. */
export function modelOf(
  problem: Problem,
  candidates: readonly Candidate[],
  { unlike = [], without = new Set(), aim = { best: 'score' } }: ModelOptions = {},
): Model {
  const draft = new Draft(problem, candidates, without);
  problem.items.forEach(({ count }, item) => {
    draft.add(ones(draft.columnsOf(item)), '=', count);
  });
  placeRows(draft);
  poolRows(draft);
  availabilityRows(draft);
  discountRows(draft);
  trafficRows(draft);
  for (const plan of unlike) unlikeRows(draft, plan);
  const criteria = new CriterionRows(problem, draft);
  const worst = criteria.worstMachines();
  criteria.limits();
  criteria.exceeding();
  budgetRow(draft);
  const { scale, base } = aimAt(draft, aim, worst);
  return { columns: draft.columns, rows: draft.rows, candidates, scale, unscaled: (objective) => objective / scale + base };
}
