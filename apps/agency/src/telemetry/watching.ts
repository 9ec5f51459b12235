import type { Clock } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { Assessments } from '../agreements/assessments.js';
import type { LatestFigures } from '../sensors/figures.js';
import type { AgencyTables } from '../store/tables.js';
import type { Figure } from './figure.js';
import { guaranteeFigures } from './guarantee-figures.js';
import { sensorFigures } from './sensor-figures.js';

/** The monitor tells each of them every second: what it has not told of for so long is no longer, or nobody knows it now, ms. */
const toldWithinMs = 60_000;

export interface Watching {
  readonly tables: Kysely<AgencyTables>;
  readonly assessments: Assessments;
  readonly figures: LatestFigures;
  readonly clock: Clock;
}

/**
 * What is measured for clients at this moment. Of guarantees at most `most` (each for one machine, or a group) and as many measurements of sensors; what is
 * violated goes before the rest. `leftOut` counts those beyond.
 */
export async function measuredNow(
  { tables, assessments, figures, clock }: Watching,
  most = Infinity,
): Promise<{ readonly figures: readonly Figure[]; readonly leftOut: number }> {
  const since = clock.now() - toldWithinMs;
  const agreements = [...assessments.toldSince(since)].sort((a, b) => violated(b.terms) - violated(a.terms));
  const sensors = figures.toldSince(since);
  const chosen = upTo(most, agreements, ({ terms }) => terms.length);
  const shown = upTo(most, sensors, ({ measurements }) => measurements.length);
  return {
    figures: [...(await guaranteeFigures(tables, chosen.taken)), ...(await sensorFigures(tables, shown.taken))],
    leftOut: chosen.leftOut + shown.leftOut,
  };
}

const violated = (terms: readonly { readonly state: string }[]): number =>
  Number(terms.some(({ state }) => state === 'violated'));

function upTo<T>(
  most: number,
  all: readonly T[],
  sizeOf: (one: T) => number,
): { readonly taken: readonly T[]; readonly leftOut: number } {
  const taken: T[] = [];
  let [size, leftOut] = [0, 0];
  for (const one of all) {
    if (size + sizeOf(one) > most) leftOut += sizeOf(one);
    else {
      size += sizeOf(one);
      taken.push(one);
    }
  }
  return { taken, leftOut };
}
