import type { SampleSource } from '@cloud-agency/bus';
import type { Measurement } from './metric-sink.js';
import { isScraped } from './scrape-meter.js';

/** `at` is when it was measured, ms. */
export interface Latest {
  readonly at: number;
  readonly value: number;
}

type Kept = { -readonly [Part in keyof Latest]: Latest[Part] };

/** Who told it; what the monitor reads at endpoints of a machine is the machine's own as well, and apart from what it sends. */
export type Teller = SampleSource | 'scraped';

/** A machine of which nothing has been told for so long is forgotten, ms. */
const forgottenAfterMs = 3_600_000;
const lookEveryMs = 60_000;

/** The latest that others have told of machines, by placement, teller and metric: in memory, since they tell again and again. */
export class MetricBoard {
  /** Written over in place: a figure for each sample would be most of what V8 has to clear away. */
  private readonly placements = new Map<string, Map<string, Kept>>();
  private lookedAt = 0;

  take(source: SampleSource, measurements: readonly Measurement[], now: number): void {
    for (const { placement, metric, at, value, meter } of measurements) {
      let told = this.placements.get(placement);
      if (!told) this.placements.set(placement, (told = new Map<string, Kept>()));
      const key = keyOf(isScraped(meter) ? 'scraped' : source, metric);
      const known = told.get(key);
      if (!known) told.set(key, { at, value });
      else if (at >= known.at) [known.at, known.value] = [at, value];
    }
    if (now - this.lookedAt >= lookEveryMs) this.forget(now);
  }

  latest(placement: string, teller: Teller, metric: string): Latest | undefined {
    const known = this.placements.get(placement)?.get(keyOf(teller, metric));
    return known && { ...known };
  }

  private forget(now: number): void {
    this.lookedAt = now;
    for (const [placement, told] of this.placements)
      if ([...told.values()].every(({ at }) => at < now - forgottenAfterMs)) this.placements.delete(placement);
  }
}

const keyOf = (teller: Teller, metric: string): string => `${teller} ${metric}`;
