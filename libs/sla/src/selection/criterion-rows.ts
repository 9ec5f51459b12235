import type { Draft } from './draft.js';
import type { Term } from './linear.js';
import { weightOfCost, type Worth } from './objective.js';
import { distinct, type Problem, weightedSum } from './problem.js';

/** The part of the model that speaks of whole criteria: the worst machine, bounds, and being unlike what was found before. */
export class CriterionRows {
  /** For each criterion of the worst machine the column that is 1 when every machine is at least so good, by that level, rising. */
  private readonly levels = new Map<number, readonly { readonly level: number; readonly column: number }[]>();

  constructor(
    private readonly problem: Problem,
    private readonly draft: Draft,
  ) {}

  /** Ties each level of each worst-machine criterion to the machines below it; gives what reaching the levels is worth. */
  worstMachines(): Worth {
    const gains: { column: number; gain: number }[] = [];
    let base = 0;
    this.problem.criteria.forEach(({ aggregate }, criterion) => {
      if (aggregate !== 'worst') return;
      const weight = this.problem.focus.weights[criterion] ?? 0;
      const [lowest, ...levels] = this.distinctLevels(criterion);
      base += weight * (lowest ?? this.problem.fixedShares[criterion] ?? 1);
      if (weight === 0 && this.problem.focus.exceeding.length === 0) return;
      let below = lowest ?? 0;
      const reached = levels.map((level) => {
        const column = this.draft.helper();
        gains.push({ column, gain: weight * (level - below) });
        below = level;
        return { level, column };
      });
      this.levels.set(criterion, reached);
      this.tie(criterion, reached);
    });
    return { gains: gains.filter(({ gain }) => gain > 0), base };
  }

  /** A level is reached only when the one below is, and when no machine stands under it. */
  private tie(criterion: number, reached: readonly { readonly level: number; readonly column: number }[]): void {
    reached.slice(1).forEach(({ column }, index) => {
      this.draft.add(
        [
          { column, coefficient: 1 },
          { column: reached[index]?.column ?? column, coefficient: -1 },
        ],
        '<=',
        0,
      );
    });
    this.problem.items.forEach((_, item) => {
      const groups = new Map<number, number[]>();
      for (const column of this.draft.columnsOf(item)) {
        const level = this.shareOf(column, criterion);
        const next = reached.find((step) => step.level > level);
        if (!next) continue;
        const group = groups.get(next.column);
        if (group) group.push(column);
        else groups.set(next.column, [column]);
      }
      for (const [step, columns] of groups) {
        const most = this.draft.most(columns);
        const ones = columns.map((column) => ({ column, coefficient: 1 }));
        this.draft.add([...ones, { column: step, coefficient: most }], '<=', most);
      }
    });
  }

  /** Bounds on sums; those on the worst machine have taken candidates out already. */
  limits(): void {
    const { focus, criteria } = this.problem;
    for (const { weights, atLeast } of focus.limits) {
      if (weights.some((weight, index) => weight > 0 && criteria[index]?.aggregate === 'worst')) continue;
      this.draft.add(this.sum(weights), '>=', atLeast);
    }
  }

  /** In some criterion better than each plan found before (Sylva and Crema, EJOR 158, 2004). */
  exceeding(): void {
    for (const found of this.problem.focus.exceeding) {
      const choices = found.flatMap((share, criterion) => this.better(criterion, share + distinct));
      this.draft.add(
        choices.map((column) => ({ column, coefficient: 1 })),
        '>=',
        1,
      );
    }
  }

  /** A column that is 1 only when the criterion reaches this share; none when it never can. */
  private better(criterion: number, share: number): readonly number[] {
    if (this.problem.criteria[criterion]?.aggregate === 'worst') {
      const step = this.levels.get(criterion)?.find(({ level }) => level >= share);
      return step ? [step.column] : [];
    }
    const sum = this.sum(this.problem.criteria.map((_, index) => Number(index === criterion)));
    const reach = (sign: 1 | -1) =>
      sum.reduce((most, { column, coefficient }) => {
        return coefficient * sign > 0 ? most + coefficient * (this.draft.columns[column]?.upper ?? 0) : most;
      }, 0);
    if (reach(1) < share) return [];
    const least = reach(-1);
    const chosen = this.draft.helper();
    this.draft.add([...sum, { column: chosen, coefficient: least - share }], '>=', least);
    return [chosen];
  }

  /** A weighted sum of criteria, with what else changes the cost. */
  private sum(weights: readonly number[]): readonly Term[] {
    const costs = weightOfCost(this.problem, weights);
    const terms = [
      ...this.draft.candidates.map(({ shares }, column) => ({ column, coefficient: weightedSum(weights, shares) })),
      ...this.draft.extras.map(({ column, cost }) => ({ column, coefficient: -cost * costs })),
    ];
    return terms.filter(({ coefficient }) => coefficient !== 0);
  }

  private distinctLevels(criterion: number): readonly number[] {
    const levels = new Set(this.draft.candidates.map((_, column) => this.shareOf(column, criterion)));
    return [...levels].sort((a, b) => a - b);
  }

  private shareOf(column: number, criterion: number): number {
    return this.draft.candidates[column]?.shares[criterion] ?? 0;
  }
}
