import { AgencyError } from '@cloud-agency/errors';
import { isoTime } from '@cloud-agency/runtime';
import { type Month, monthOf, type Span } from '@cloud-agency/sla';

/** Which page of its lists a report is to have. */
export interface Page {
  readonly number: number;
  readonly size: number;
}

/**
 * A month of an agreement as far as it has gone by.
 * @param written `2026-11`; absent: the present month, or the last one of an agreement that has ended
 * @throws AgencyError invalid-request for what is no month, or has not begun; not-found when the agreement did not hold in it.
 */
export function monthAsked(written: string | undefined, held: Span, now: number): Month & { readonly asFarAs: number } {
  const month = written === undefined ? monthOf(Math.min(now, held.until)) : named(written);
  if (month.from > now)
    throw new AgencyError('invalid-request', { message: `${month.name} has not begun: it is ${isoTime(now).slice(0, 10)}.` });
  if (month.until <= held.from || month.from > held.until)
    throw new AgencyError('not-found', {
      what: `A report of ${month.name}`,
      hint: `The agreement held from ${isoTime(held.from).slice(0, 10)} to ${isoTime(Math.min(held.until, now)).slice(0, 10)}.`,
    });
  return { ...month, asFarAs: Math.min(month.until, now) };
}

function named(written: string): Month {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(written) ?? [];
  if (year !== undefined && month !== undefined) return monthOf(Date.UTC(Number(year), Number(month) - 1));
  throw new AgencyError('invalid-request', { message: `'${written.slice(0, 20)}' is not a month; write it like 2026-11.` });
}

export const pageOf = <T>(all: readonly T[], { number, size }: Page): readonly T[] =>
  all.slice((number - 1) * size, number * size);
