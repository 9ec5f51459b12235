/** A number in [0, 1), and another one each time. */
export type Draw = () => number;

export const pick = <T>(next: Draw, from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
export const isDrawn = (next: Draw, probability: number): boolean => next() < probability;
export const whole = (next: Draw, below: number): number => Math.floor(next() * below);
