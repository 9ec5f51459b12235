/** Times as people type them: the same in every option that takes one. */
import { InvalidArgumentError } from 'commander';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What an option that takes a time says of it. */
export const momentForms = 'a time (2026-01-31T12:00:00Z), or so long ago (90s, 15m, 2h, 3d)';

/** @returns it as ISO 8601. @throws InvalidArgumentError */
export function moment(text: string): string {
  const ago = spanIn(text);
  if (ago !== undefined) return new Date(Date.now() - ago).toISOString();
  if (/^\d+$/.test(text) || Number.isNaN(Date.parse(text))) throw new InvalidArgumentError(`It is ${momentForms}.`);
  return new Date(text).toISOString();
}

/** Seconds: `3600`, or with a unit, `90s`, `1h`. @throws InvalidArgumentError */
export function seconds(text: string): number {
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : spanIn(text);
  if (ms === undefined) throw new InvalidArgumentError('It is so long: 90s, 15m, 2h, 3d; without a unit seconds.');
  return ms / 1_000;
}

function spanIn(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * unitMs[unit as keyof typeof unitMs];
}
