import type { Clock } from '@cloud-agency/runtime';
import { nextPlace, spread, turnsBy } from './places.js';

export interface MeterOptions<Reading> {
  readonly clock: Clock;
  /** Spreads the meters over the period: the same name always has the same place in it. */
  readonly name: string;
  readonly every: number;
  readonly measure: (signal: AbortSignal) => Promise<Reading>;
  /** `at` is when the measurement began, ms since 1970. */
  readonly onReading: (at: number, reading: Reading) => void;
}

/** The first measurement comes within this, however long the period, unless many begin at the same time, ms. */
const firstWithinMs = 1_000;
/** What is later than this takes its turn among all that are late, ms. */
const lateMs = 250;

/**
 * Measures soon, and then at its own place in every period, never twice at a time: a measurement that takes longer than the period puts the
 * next one off. After a standstill of the process, or a step of its clock, nothing is made up for: what is late begins in its turn, unless its next
 * place comes first. The returned function ends it; nothing is reported after that.
 */
export function startMeter<Reading>({ clock, name, every, measure, onReading }: MeterOptions<Reading>): () => void {
  const ending = new AbortController();
  const turns = turnsBy(clock);
  const share = spread(name);
  const place = Math.floor(share * every);
  const begin = async (due: number): Promise<void> => {
    const at = clock.now();
    const reading = await measure(ending.signal);
    if (ending.signal.aborted) return;
    onReading(at, reading);
    wait(nextPlace(due, clock.now(), every, place));
  };
  const wake = (due: number): void => {
    const now = clock.now();
    if (now - due <= lateMs) void begin(due);
    else wait(Math.min(turns.next(now), nextPlace(now, now, every, place)), (turn) => void begin(turn));
  };
  const wait = (due: number, then: (due: number) => void = wake): void => {
    callOff = clock.after(Math.max(0, due - clock.now()), () => {
      then(due);
    });
  };
  let callOff = (): void => undefined;
  const now = clock.now();
  const soon = Math.max(now + Math.floor(share * Math.min(every, firstWithinMs)), turns.next(now));
  wait(Math.min(soon, nextPlace(now, now, every, place)));
  return () => {
    ending.abort();
    callOff();
  };
}
