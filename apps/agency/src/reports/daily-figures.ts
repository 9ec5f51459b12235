import { askDays, type DaysAnswer, type DaysRequest } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { isoTime } from '@cloud-agency/runtime';
import type { Span } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';

/** What machines were measured to be, by day. */
export interface DailyFigures {
  /** `remark`: what is missing, in words for a person; null: nothing. */
  of(
    agreement: string,
    resources: readonly string[],
    span: Span,
    ranks: readonly number[],
  ): Promise<Pick<DaysAnswer, 'days'> & { readonly remark: string | null }>;
}

/** Machines that are asked for by one message: what comes back has to fit into one. */
const atOnce = 50;

/** By the monitor's archive. A report without days is better than none while no monitor answers. */
export const archivedDays = (ask: (request: DaysRequest) => Promise<DaysAnswer>): DailyFigures => ({
  async of(agreement, resources, span, ranks) {
    const days: DaysAnswer['days'] = [];
    let since = span.from;
    const [from, until] = [isoTime(span.from), isoTime(span.until)];
    try {
      for (let place = 0; place < resources.length; place += atOnce) {
        const some = resources.slice(place, place + atOnce);
        const answer = await ask({ agreement, resources: some, from, until, ranks: [...ranks] });
        if (answer.problem !== undefined) return { days: [], remark: `There are no days: ${answer.problem}.` };
        days.push(...answer.days);
        since = Math.max(since, Date.parse(answer.since));
      }
    } catch (error) {
      if (!(error instanceof AgencyError)) throw error;
      return { days: [], remark: `There are no days: ${error.message}` };
    }
    return {
      days,
      remark:
        since > span.from ? `Days are known from ${isoTime(since).slice(0, 10)} on; what was before is kept no longer.` : null,
    };
  },
});

export const daysOverNats = (connection: NatsConnection): DailyFigures => archivedDays((request) => askDays(connection, request));
