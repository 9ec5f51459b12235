import { grouped } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import type { MonitorTables, RollUpRow } from '../store/tables.js';
import { binsIn, bytesOf, type Figures, merged } from './figures.js';

/** A statement holds the event loop up; so many rows at most are written by one. */
const rowsAtOnce = 200;

/** A roll-up, by what it is of. */
export interface RollUp extends Pick<RollUpRow, 'step' | 'resource' | 'from_at' | 'metric' | 'source' | 'placement' | 'origin'> {
  readonly figures: Figures;
}

/** Each takes the place of the one before it, if there is one. */
export async function writeRollUps(tables: Kysely<MonitorTables>, made: readonly RollUp[]): Promise<void> {
  for (let place = 0; place < made.length; place += rowsAtOnce) {
    await tables
      .insertInto('roll_up')
      .values(made.slice(place, place + rowsAtOnce).map(rowOf))
      .onConflict((conflict) =>
        conflict.columns(['step', 'resource', 'from_at', 'metric', 'source', 'placement', 'origin']).doUpdateSet((row) => ({
          count: row.ref('excluded.count'),
          failures: row.ref('excluded.failures'),
          sum: row.ref('excluded.sum'),
          min: row.ref('excluded.min'),
          max: row.ref('excluded.max'),
          bins: row.ref('excluded.bins'),
        })),
      )
      .execute();
    await setImmediate();
  }
}

/** What the rows of each series come to, under the name of one of them. */
export function bySeries(rows: readonly RollUpRow[]): readonly RollUp[] {
  const series = grouped(rows, ({ resource, metric, source, placement, origin }) =>
    JSON.stringify([resource, metric, source, placement, origin]),
  );
  return [...series.values()].flatMap((own) =>
    own.slice(0, 1).map(({ step, resource, from_at, metric, source, placement, origin }) => {
      return { step, resource, from_at, metric, source, placement, origin, figures: merged(own.map(figuresIn)) };
    }),
  );
}

export function figuresIn({
  count,
  failures,
  sum,
  min,
  max,
  bins,
}: Pick<RollUpRow, 'count' | 'failures' | 'sum' | 'min' | 'max' | 'bins'>): Figures {
  return { count, failures, sum, min, max, bins: binsIn(bins) };
}

function rowOf({ figures: { bins, ...figures }, ...name }: RollUp): RollUpRow {
  return { ...name, ...figures, bins: bytesOf(bins) };
}
