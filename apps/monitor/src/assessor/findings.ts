import type { FindingMessage } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { formatQuantity, type UseBound, type Verdict } from '@cloud-agency/sla';
import type { HealthEvent, Machine } from './machine.js';
import type { Proof } from './proofs.js';
import type { Sample, Target } from './sample.js';
import { riskOf, sentence } from './sentences.js';
import type { Term, TermEvent } from './term.js';
import type { UseEvent, UseReading } from './use.js';
import type { Violation } from './violation.js';

/** A finding as the assessor makes it; the outbox adds the envelope. */
export type Finding = Omit<FindingMessage, 'id' | 'conversation' | 'sender' | 'sequence' | 'previous' | 'sentAt'>;

/** A message carries no more samples than that: the newest. */
export const mostSamples = 50;

export function healthFinding(
  agreement: string,
  event: HealthEvent,
  machine: Machine,
  proof: readonly Sample[],
  now: number,
): Finding {
  const { resource, placement, item } = machine;
  const reason = proof.at(-1)?.detail ?? 'no answer';
  const message = event === 'resource.down' ? `A machine of ${item} is down: ${reason}.` : `A machine of ${item} answers again.`;
  return {
    performative: 'finding',
    agreement,
    finding: event,
    at: isoTime(now),
    message,
    resource,
    placement,
    samples: proof.slice(-mostSamples).map(proofOf),
  };
}

/** `rule` is the index of the rule whose bound it is. */
export function useFinding(
  agreement: string,
  event: UseEvent,
  rule: number,
  bound: UseBound,
  of: Target,
  reading: UseReading,
): Finding {
  const beyond = `${bound.side} ${formatQuantity(bound.bound, 'fraction')}`;
  return {
    performative: 'finding',
    agreement,
    finding: event,
    at: isoTime(reading.at),
    message: `A machine of ${of.item} is ${event.slice('resource.'.length)}: its ${bound.metric} has been ${beyond} for ${formatQuantity(bound.for, 'duration')}, at last ${formatQuantity(reading.value, 'fraction')}.`,
    resource: of.resource,
    placement: of.placement,
    use: { rule, metric: bound.metric, wanted: percent(bound.bound), measured: percent(reading.value), unit: '%' },
    samples: [],
  };
}

const percent = (share: number): number => Number((share * 100).toFixed(4));

/** What is told of a guarantee; while a violation lasts, the violation too. */
export function termFinding(agreement: string, event: TermEvent, term: Term, verdict: Verdict, now: number): Finding {
  const { guarantee, index, resource, violation } = term;
  const { wanted, measured, unit, side } = verdict;
  return {
    performative: 'finding',
    agreement,
    finding: event,
    at: isoTime(now),
    message: sentence(event, term, verdict),
    ...(resource === null ? {} : { resource }),
    guarantee: { index, term: guarantee.term, of: guarantee.of, wanted, measured: measured ?? wanted, unit, side },
    ...(violation && isOfViolation(event) ? { violation: told(violation) } : {}),
    ...(event === 'sla.at_risk' && verdict.atRisk ? { risk: riskOf(verdict.atRisk) } : {}),
    samples: event === 'sla.violated' ? (violation?.proofs ?? []).map(sampleOf) : [],
  };
}

const isOfViolation = (event: TermEvent): boolean => ['sla.violated', 'sla.lasting', 'sla.recovered'].includes(event);

const told = ({ id, openedAt, closedAt, worst, count }: Violation): NonNullable<Finding['violation']> => ({
  id,
  opened: isoTime(openedAt),
  closed: closedAt === null ? null : isoTime(closedAt),
  worst,
  count,
});

const sampleOf = ({ at, resource, metric, source, value, detail = '' }: Proof): Finding['samples'][number] => ({
  at: isoTime(at),
  resource,
  metric,
  source,
  value,
  ok: metric !== 'up' || value > 0,
  milliseconds: metric === 'response_time' ? value : null,
  detail,
});

const proofOf = ({ at, resource, ok, milliseconds, detail }: Sample): Finding['samples'][number] => ({
  at: isoTime(at),
  resource,
  ok,
  milliseconds,
  detail,
});
