import type { Renegotiation } from '../entities/agreement.js';

/** What became of a renegotiation, and why. */
export function renegotiationLines({ id, state, message, explanation }: Renegotiation): readonly string[] {
  const why = explanation.filter((sentence) => sentence !== message);
  return [`Renegotiation ${id} is ${state}: ${message}.`, ...why.map((sentence) => `  ${sentence}`)];
}

/** USD a month. */
export const money = (amount: number | undefined): string => (amount === undefined ? '–' : `${amount.toFixed(2)} USD`);
