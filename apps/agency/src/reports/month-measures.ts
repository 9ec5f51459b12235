import { askMeasured, type MeasuredAnswer, type MeasuredRequest, measuredTogether } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { isoTime } from '@cloud-agency/runtime';
import { type Call, type Charge, type Guarantee, type Numbered, type Span, within } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';
import type { TermState } from '../store/tables.js';

type Measure = MeasuredAnswer['terms'][number];

/** What guarantees came to over a month: nothing is known of those that are not there. */
export interface MonthMeasures {
  of(asked: AskedMeasures): Promise<{ readonly terms: readonly Measure[]; readonly remark: string | null }>;
}

export interface AskedMeasures {
  readonly call: Pick<Call, 'probes'>;
  readonly guarantees: readonly Numbered[];
  /** Which of them, for which machine or group. */
  readonly subjects: readonly Pick<TermState, 'index' | 'resource'>[];
  readonly charges: readonly Charge[];
  readonly pauses: readonly Span[];
  readonly span: Span;
}

/** Guarantees that are asked for by one message. */
const atOnce = 20;

/** By the monitor's archive. A report that lacks figures is better than none. */
export const archivedMeasures = (ask: (request: MeasuredRequest) => Promise<MeasuredAnswer>): MonthMeasures => ({
  async of(asked) {
    const { call, pauses, span } = asked;
    const terms = termsOf(asked);
    const found: Measure[] = [];
    let since = span.from;
    const shared = {
      ...{ from: isoTime(span.from), until: isoTime(span.until), probes: [...call.probes] },
      pauses: pauses.map(({ from, until }) => ({ from: isoTime(from), until: isoTime(until) })),
    };
    try {
      for (const some of portionsOf(terms)) {
        const answer = await ask({ ...shared, terms: some });
        if (answer.problem !== undefined) return missing(found, terms.length, `${answer.problem}.`);
        found.push(...answer.terms);
        since = Math.max(since, Date.parse(answer.since));
      }
    } catch (error) {
      if (!(error instanceof AgencyError)) throw error;
      return missing(found, terms.length, error.message);
    }
    return { terms: found, remark: since > span.from ? cut(since) : null };
  },
});

export const measuresOverNats = (connection: NatsConnection): MonthMeasures =>
  archivedMeasures((request) => askMeasured(connection, request));

/** As many as can be measured together; one of a large group is by itself. */
function portionsOf(terms: MeasuredRequest['terms']): MeasuredRequest['terms'][] {
  const portions: MeasuredRequest['terms'][] = [];
  let room = { terms: 0, machines: 0 };
  for (const term of terms) {
    room = { terms: room.terms - 1, machines: room.machines - term.machines.length };
    if (room.terms < 0 || room.machines < 0) {
      room = { terms: atOnce - 1, machines: measuredTogether - term.machines.length };
      portions.push([]);
    }
    portions.at(-1)?.push(term);
  }
  return portions;
}

const missing = (terms: readonly Measure[], all: number, why: string) => ({
  terms,
  remark: `What guarantees came to over the month is missing${terms.length === 0 ? '' : ` of ${String(all - terms.length)} of ${String(all)}`}: ${why}`,
});

const cut = (since: number): string =>
  `What guarantees came to is of the samples from ${isoTime(since)} on; those before are kept no longer.`;

function termsOf({ guarantees, subjects, charges, span }: AskedMeasures): MeasuredRequest['terms'] {
  return subjects.flatMap(({ index, resource }) => {
    const guarantee = guarantees.find((one) => one.index === index)?.guarantee;
    return guarantee ? [{ index, resource, guarantee, machines: machinesOf(guarantee, resource, charges, span) }] : [];
  });
}

/** When each machine that a guarantee is about was there. */
function machinesOf(
  { of }: Guarantee,
  resource: string | null,
  charges: readonly Charge[],
  span: Span,
): MeasuredRequest['terms'][number]['machines'] {
  const own = charges.filter((charge) => (resource === null ? charge.item === of : charge.resource === resource));
  return [...new Set(own.map((charge) => charge.resource))].flatMap((machine) =>
    within(
      own.filter((charge) => charge.resource === machine),
      span,
    ).map(({ from, until }) => ({ resource: machine, from: isoTime(from), until: isoTime(until) })),
  );
}
