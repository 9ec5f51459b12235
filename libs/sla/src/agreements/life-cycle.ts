import { AgencyError } from '@cloud-agency/errors';
import type { Interval } from '../guarantees/interval.js';
import type { AgreementState } from '../vocabulary/states.js';

export const agreementActions = ['accept', 'reject', 'suspend', 'resume', 'terminate'] as const;
export type AgreementAction = (typeof agreementActions)[number];

/** Which action leads where (OCCI.md 1.4); what is not here is not possible. */
const lifeCycle: Readonly<Record<AgreementState, Partial<Record<AgreementAction, AgreementState>>>> = {
  pending: { accept: 'accepted', reject: 'rejected' },
  accepted: { suspend: 'suspended', terminate: 'terminated' },
  suspended: { resume: 'accepted', terminate: 'terminated' },
  rejected: {},
  terminated: {},
};

/** The life of an agreement; instants in ms since 1970, null while they are not known. */
export interface AgreementLife {
  readonly state: AgreementState;
  readonly agreedAt: number | null;
  /** Null: from when it is accepted. */
  readonly effectiveFrom: number | null;
  /** Null: until it is terminated. */
  readonly effectiveUntil: number | null;
  /** When it was suspended, in order; only the last may go on. Nothing is assessed then. */
  readonly suspensions: readonly Interval[];
}

/** What can be done in a state, in the order of `agreementActions`. */
export function actionsIn(state: AgreementState): readonly AgreementAction[] {
  return agreementActions.filter((action) => lifeCycle[state][action] !== undefined);
}

export const hasEnded = (state: AgreementState): boolean => actionsIn(state).length === 0;

/** The agreement after an action, everything else about it unchanged. @throws AgencyError conflict when its state does not allow the action. */
export function transition<A extends AgreementLife>(agreement: A, action: AgreementAction, now: number): A {
  const state = lifeCycle[agreement.state][action];
  if (state === undefined) {
    const possible = actionsIn(agreement.state).join(' or ');
    throw new AgencyError('conflict', {
      message: `The agreement is ${agreement.state}: '${action}' is not possible now, ${possible || 'nothing'} is.`,
    });
  }
  return { ...agreement, ...consequences[action](agreement, now), state };
}

const consequences: Readonly<Record<AgreementAction, (agreement: AgreementLife, now: number) => Partial<AgreementLife>>> = {
  accept: ({ effectiveFrom }, now) => ({ agreedAt: now, effectiveFrom: Math.max(effectiveFrom ?? now, now) }),
  reject: (_agreement, now) => ({ effectiveUntil: now }),
  suspend: ({ suspensions }, now) => ({ suspensions: [...suspensions, { from: now, until: null }] }),
  resume: ({ suspensions }, now) => ({ suspensions: closed(suspensions, now) }),
  terminate: ({ suspensions }, now) => ({ effectiveUntil: now, suspensions: closed(suspensions, now) }),
};

const closed = (suspensions: readonly Interval[], now: number): readonly Interval[] =>
  suspensions.map((one) => (one.until === null ? { ...one, until: Math.max(one.from, now) } : one));

/** Whether its promises hold now, and are assessed. */
export function isInForce({ state, effectiveFrom, effectiveUntil }: AgreementLife, now: number): boolean {
  return state === 'accepted' && now >= (effectiveFrom ?? now) && (effectiveUntil === null || now < effectiveUntil);
}

/** From when and until when it is to hold; a bound that is not named stays, null lifts it. */
export interface Validity {
  readonly effectiveFrom?: number | null;
  readonly effectiveUntil?: number | null;
}

/**
 * The agreement with other bounds on its time.
 * @throws AgencyError invalid-request when the bounds make no sense; conflict when the agreement is past what would change.
 */
export function withValidity<A extends AgreementLife>(agreement: A, change: Validity, now: number): A {
  const { effectiveFrom = agreement.effectiveFrom, effectiveUntil = agreement.effectiveUntil } = change;
  if (effectiveFrom === agreement.effectiveFrom && effectiveUntil === agreement.effectiveUntil) return agreement;
  if (hasEnded(agreement.state))
    throw conflict(`The agreement is ${agreement.state}: nothing about its time can change any more.`);
  if (effectiveFrom !== agreement.effectiveFrom) checkBegins(agreement, effectiveFrom, now);
  if (effectiveUntil !== null) checkEnds(agreement, effectiveUntil, Math.max(effectiveFrom ?? now, now), now);
  return { ...agreement, effectiveFrom, effectiveUntil };
}

function checkBegins({ state, effectiveFrom: began }: AgreementLife, effectiveFrom: number | null, now: number): void {
  if (state !== 'pending' && began !== null && began <= now)
    throw conflict(`The agreement holds since ${iso(began)}: suspend it to interrupt its assessment.`);
  if (effectiveFrom === null && state !== 'pending') throw invalid('effectiveFrom cannot be taken away: name an instant.');
  if (effectiveFrom !== null && effectiveFrom < now)
    throw invalid(`effectiveFrom (${iso(effectiveFrom)}) is past: nothing can be assessed in hindsight. Name a later instant.`);
}

function checkEnds(before: AgreementLife, effectiveUntil: number, begins: number, now: number): void {
  if (effectiveUntil !== before.effectiveUntil && effectiveUntil <= now)
    throw invalid(`effectiveUntil (${iso(effectiveUntil)}) is past: name a later instant, or terminate the agreement now.`);
  if (effectiveUntil <= begins)
    throw invalid(`effectiveUntil (${iso(effectiveUntil)}) is not after effectiveFrom (${iso(begins)}): name a later instant.`);
}

const iso = (ms: number): string => new Date(ms).toISOString();
const conflict = (message: string): AgencyError => new AgencyError('conflict', { message });
const invalid = (message: string): AgencyError => new AgencyError('invalid-request', { message });
