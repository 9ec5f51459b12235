import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Run } from './packing.js';

export type Taking = (at: number, value: number) => void;

/** Who takes which run. */
export interface Taken extends Pick<Run, 'times' | 'values'> {
  readonly take: Taking;
}

/** After so many samples others have their turn. */
const takenAtOnce = 4_000;

/** Has samples taken in the order of their times, and those of one time in the order of their runs. */
export async function takeInOrder(runs: readonly Taken[]): Promise<void> {
  const some = runs.filter(({ times }) => times.length > 0);
  if (follow(some)) for (const run of some) await takeAll(run);
  else await takeMerged(some);
}

/** Whether each begins after the one before it has ended. */
const follow = (runs: readonly Taken[]): boolean =>
  runs.every(({ times }, place) => place === 0 || (runs[place - 1]?.times.at(-1) ?? 0) < (times[0] ?? 0));

async function takeAll({ times, values, take }: Taken): Promise<void> {
  for (let begin = 0; begin < times.length; begin += takenAtOnce) {
    const end = Math.min(times.length, begin + takenAtOnce);
    for (let place = begin; place < end; place += 1) take(times[place] ?? 0, values[place] ?? 0);
    await nextTurn();
  }
}

/** Of one slice of the time after the other: their times and whose they are, as one number, are put in order. */
async function takeMerged(runs: readonly Taken[]): Promise<void> {
  const from = Math.min(...runs.map(({ times }) => times[0] ?? Infinity));
  const last = Math.max(...runs.map(({ times }) => times.at(-1) ?? -Infinity));
  const slices = Math.ceil(runs.reduce((sum, { times }) => sum + times.length, 0) / takenAtOnce);
  const next = new Uint32Array(runs.length);
  for (let slice = 1; slice <= slices; slice += 1) {
    const until = slice === slices ? Infinity : from + ((last - from) * slice) / slices;
    for (const key of keysOf(runs, next, from, until)) {
      const own = key % runs.length;
      const place = next[own] ?? 0;
      next[own] = place + 1;
      const run = runs[own];
      run?.take(run.times[place] ?? 0, run.values[place] ?? 0);
    }
    await nextTurn();
  }
}

function keysOf(runs: readonly Taken[], next: Uint32Array, from: number, until: number): Float64Array {
  const keys: number[] = [];
  runs.forEach(({ times }, own) => {
    for (let place = next[own] ?? 0; place < times.length; place += 1) {
      const at = times[place] ?? Infinity;
      if (at >= until) return;
      keys.push((at - from) * runs.length + own);
    }
  });
  return Float64Array.from(keys).sort();
}
