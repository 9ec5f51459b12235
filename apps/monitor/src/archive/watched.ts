import type { UptimeRow } from '../store/tables.js';
import type { Sign } from './raw-source.js';

/** A look at a machine speaks of the time since the look before it, of so much at most, ms: of what nobody looked at nothing is known. */
export const mostBetweenLooks = 60_000;

const day = 86_400_000;

/**
 * How long a machine was watched, and down, between these looks at it, by day. `lookedAt` is when it was looked at before; undefined: it has
 * never been seen up, and until it is nothing counts, for it may not be there yet.
 */
export function watchedIn(
  placement: string,
  signs: readonly Sign[],
  lookedAt: number | undefined,
): readonly Omit<UptimeRow, 'told'>[] {
  const days = new Map<number, Omit<UptimeRow, 'told'>>();
  let before = lookedAt;
  for (const { at, answered } of signs) {
    if (before === undefined && !answered) continue;
    const since = Math.max(0, Math.min(at - (before ?? at), mostBetweenLooks));
    const on = Math.floor(at / day) * day;
    const { watched, down } = days.get(on) ?? { watched: 0, down: 0 };
    days.set(on, { placement, day: on, watched: watched + since, down: down + (answered ? 0 : since), as_of: at });
    before = Math.max(at, before ?? at);
  }
  return [...days.values()];
}
