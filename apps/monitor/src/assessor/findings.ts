import type { FindingMessage } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { formatQuantity, type Guarantee, type UseBound, windowLength } from '@cloud-agency/sla';
import type { HealthEvent, Machine } from './machine.js';
import type { Sample, Target } from './sample.js';
import type { Term, TermEvent } from './term.js';
import type { UseEvent, UseReading } from './use.js';

/** A finding as the assessor makes it; the outbox adds the envelope. */
export type Finding = Omit<FindingMessage, 'id' | 'conversation' | 'sender' | 'sequence' | 'previous' | 'sentAt'>;
type Proof = Finding['samples'][number];

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

/** `failures`: the failed probes of the machines that the term speaks of; they prove a violated availability. */
export function termFinding(agreement: string, event: TermEvent, term: Term, failures: readonly Sample[], now: number): Finding {
  const { guarantee, index, resource, verdict } = term;
  const proof = guarantee.term === 'availability' ? failuresOf(term, failures, now) : answersOf(term);
  return {
    performative: 'finding',
    agreement,
    finding: event,
    at: isoTime(now),
    message: sentence(event, term),
    ...(resource === null ? {} : { resource }),
    guarantee: {
      index,
      term: guarantee.term,
      of: guarantee.of,
      wanted: verdict.wanted,
      measured: verdict.measured ?? verdict.wanted,
      unit: verdict.unit,
    },
    samples: proof.slice(-mostSamples),
  };
}

function failuresOf(term: Term, failures: readonly Sample[], now: number): Proof[] {
  if (term.state !== 'violated') return [];
  return failures
    .filter((sample) => sample.at > now - windowLength(term.guarantee))
    .sort((a, b) => a.at - b.at)
    .map(proofOf);
}

function answersOf(term: Term): Proof[] {
  const { resource } = term;
  if (resource === null) return [];
  return term
    .answers()
    .map(({ at, value }) => ({ at: isoTime(at), resource, ok: true, milliseconds: value, detail: 'answered' }));
}

const proofOf = ({ at, resource, ok, milliseconds, detail }: Sample): Proof => ({
  at: isoTime(at),
  resource,
  ok,
  milliseconds,
  detail,
});

const outcomes = {
  'sla.fulfilled': 'is fulfilled',
  'sla.violated': 'is violated',
  'sla.recovered': 'is fulfilled again',
} as const;

function sentence(event: TermEvent, term: Term): string {
  const { guarantee, verdict } = term;
  const measured = verdict.measured === null ? 'nothing was measured' : `it is ${figure(guarantee, verdict.measured)}`;
  return `${name(guarantee)} of ${guarantee.of} ${outcomes[event]}: over ${formatQuantity(windowLength(guarantee), 'duration')} ${measured}, agreed was ${wanted(guarantee)}.`;
}

const name = (guarantee: Guarantee): string =>
  guarantee.term === 'availability'
    ? 'Availability'
    : `Response time (percentile ${String('percentile' in guarantee ? guarantee.percentile : 95)})`;

const wanted = (guarantee: Guarantee): string =>
  guarantee.term === 'availability'
    ? `at least ${formatQuantity(guarantee.atLeast, 'fraction')}`
    : `at most ${formatQuantity(guarantee.atMost ?? 0, 'duration')}`;

const figure = (guarantee: Guarantee, measured: number): string =>
  guarantee.term === 'availability' ? formatQuantity(measured / 100, 'fraction') : `${measured.toFixed(1)} ms`;
