import type { Clock } from '@cloud-agency/runtime';
import { createHash } from 'node:crypto';

export interface MeterOptions<Reading> {
  readonly clock: Clock;
  /** Spreads the meters over the period: the same name always has the same place in it. */
  readonly name: string;
  readonly every: number;
  readonly measure: (signal: AbortSignal) => Promise<Reading>;
  /** `at` is when the measurement began, ms since 1970. */
  readonly onReading: (at: number, reading: Reading) => void;
}

/** The first measurement comes within this, however long the period, ms. */
const firstWithinMs = 1_000;

/**
 * Measures soon, and then at its own place in every period, never twice at a time: a measurement that takes longer than the period puts the
 * next one off. The returned function ends it; nothing is reported after that.
 */
export function startMeter<Reading>({ clock, name, every, measure, onReading }: MeterOptions<Reading>): () => void {
  const ending = new AbortController();
  const place = spread(name);
  const run = async (due: number): Promise<void> => {
    const at = clock.now();
    const reading = await measure(ending.signal);
    if (ending.signal.aborted) return;
    onReading(at, reading);
    schedule(next(due, clock.now()));
  };
  const next = (due: number, now: number): number => {
    const following = due + untilPlace(due, every, Math.floor(place * every));
    const missed = Math.max(0, Math.ceil((now - following) / every));
    return following + missed * every;
  };
  const schedule = (due: number): void => {
    callOff = clock.after(Math.max(0, due - clock.now()), () => void run(due));
  };
  let callOff = (): void => undefined;
  schedule(clock.now() + Math.floor(place * Math.min(every, firstWithinMs)));
  return () => {
    ending.abort();
    callOff();
  };
}

/** How long from `time` until the next one that is `place` ms into a period: at most a period, never 0. */
function untilPlace(time: number, every: number, place: number): number {
  const into = (((time - place) % every) + every) % every;
  return every - into;
}

/** A number in [0, 1) for a name, evenly spread over names. */
function spread(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
}
