import type { LinearModel, Row, Term } from './linear.js';
import { keyOf, type Relaxation, type Standing } from './relaxation.js';

/** A constraint that can be loosened: by which columns, and what their values say of it. */
export interface Relaxable {
  /** Its key (relaxation.ts). */
  readonly key: string;
  /** 1 when it is loosened at all. */
  readonly changed: number;
  readonly read: (value: (column: number) => number) => Relaxation | undefined;
}

/** An integer model in which constraints give way at a price, put together row by row. */
export class Elastic {
  readonly relaxables: Relaxable[] = [];
  private readonly uppers: number[] = [];
  private readonly rows: Row[] = [];
  private readonly sizes: Term[] = [];

  column(upper = 1): number {
    return this.uppers.push(upper) - 1;
  }

  /** A column that makes the change larger, by `size` for each unit. */
  loosening(size: number, upper = 1): number {
    const column = this.column(upper);
    this.sizes.push({ column, coefficient: size });
    return column;
  }

  add(terms: readonly Term[], sense: Row['sense'], bound: number): void {
    this.rows.push({ terms, sense, bound });
  }

  /** Declares what loosens one constraint. Gives the column that says whether it is loosened. */
  relaxable(standing: Standing, loosening: readonly number[], read: Relaxable['read']): number {
    const changed = this.column();
    this.relaxables.push({ key: keyOf(standing), changed, read });
    for (const column of loosening)
      this.add([one(column), { column: changed, coefficient: -(this.uppers[column] ?? 1) }], '<=', 0);
    return changed;
  }

  /** By how much all are loosened, summed. */
  get size(): readonly Term[] {
    return this.sizes;
  }

  /** The model that makes these terms least, under further rows. */
  minimising(terms: readonly Term[], further: readonly Row[] = []): LinearModel {
    const objective = new Float64Array(this.uppers.length);
    for (const { column, coefficient } of terms) objective[column] = -coefficient;
    return {
      columns: this.uppers.map((upper, column) => ({ upper, objective: objective[column] ?? 0 })),
      rows: [...this.rows, ...further].filter((row) => row.terms.length > 0 || !holdsOfNothing(row)),
    };
  }
}

export function one(column: number): Term {
  return { column, coefficient: 1 };
}

function holdsOfNothing({ sense, bound }: Row): boolean {
  return sense === '=' ? bound === 0 : sense === '<=' ? bound >= 0 : bound <= 0;
}
