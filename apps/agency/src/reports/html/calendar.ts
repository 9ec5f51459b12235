/** The days of a month as a machine lived through them: a day without figures is told apart from one on which there was nothing to measure. */
import type { MonthReport, ReportedDay, ReportedMachine } from '../month-report.js';

export interface MonthDay {
  /** From 1 on. */
  readonly number: number;
  /** `2026-11-03` */
  readonly day: string;
  /** What was measured; null: nothing was. */
  readonly figures: ReportedDay | null;
  /** Whether the machine was there on that day, or a part of it. */
  readonly isLived: boolean;
}

export function monthDays({ month }: Pick<MonthReport, 'month'>, { days, from, until }: ReportedMachine): readonly MonthDay[] {
  const known = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length: daysIn(month) }, (_, index) => {
    const day = `${month}-${String(index + 1).padStart(2, '0')}`;
    const begins = Date.parse(`${day}T00:00:00Z`);
    return {
      ...{ number: index + 1, day, figures: known.get(day) ?? null },
      isLived: Date.parse(from) < begins + dayMs && Date.parse(until) > begins,
    };
  });
}

const dayMs = 86_400_000;

const daysIn = (month: string): number => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
