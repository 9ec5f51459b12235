import { beginning, steps } from './roll-ups.js';

/** Roll-ups of one step that follow each other. */
export interface Stretch {
  readonly step: number;
  readonly from: number;
  readonly until: number;
}

export interface KeptRollUps {
  /** Up to when those of an hour and of a day have been made. */
  readonly made: (step: number) => number;
  /** The shortest that are kept of a time. */
  readonly finest: (at: number) => number;
}

/**
 * The fewest roll-ups that cover a time: days where they fit in whole, else hours, else what is finest there. What the time begins or ends within is
 * covered whole.
 */
export function stretchesOf({ from, until }: Pick<Stretch, 'from' | 'until'>, { made, finest }: KeptRollUps): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = from;
  while (at < until) {
    const step =
      [steps.day, steps.hour].find((long) => at % long === 0 && at + long <= Math.min(until, made(long))) ?? finest(at);
    const [begun, last] = [beginning(at, step), stretches.at(-1)];
    at = begun + step;
    if (last?.step === step && last.until === begun) stretches[stretches.length - 1] = { ...last, until: at };
    else stretches.push({ step, from: begun, until: at });
  }
  return stretches;
}
