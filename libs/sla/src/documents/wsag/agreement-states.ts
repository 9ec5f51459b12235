import type { AgreementState } from '../../vocabulary/states.js';

/** What GFD.192 calls the states of an agreement, of a service term and of a guarantee term; the first word of each is where it begins. */
type WsagAgreementState =
  'Pending' | 'PendingAndTerminating' | 'Observed' | 'ObservedAndTerminating' | 'Rejected' | 'Complete' | 'Terminated';
type ServiceTermState = 'NotReady' | 'Ready' | 'Completed';
type GuaranteeTermState = 'NotDetermined' | 'Fulfilled' | 'Violated';

/** `coming`: ordered or building. `resting`: stopped or suspended. `leaving`: being given back, or not yet given back. */
export type MachineState = 'coming' | 'active' | 'resting' | 'failing' | 'leaving';

/**
 * An agreement is terminating until its last machine has been given back. The standard has no suspended agreement: it is still observed, and
 * `cfp:state` says what the Agency calls it.
 */
export function wsagAgreementState(state: AgreementState, machines: readonly MachineState[]): WsagAgreementState {
  const isEnding = machines.length > 0;
  switch (state) {
    case 'pending':
      return 'Pending';
    case 'accepted':
    case 'suspended':
      return 'Observed';
    case 'rejected':
      return isEnding ? 'PendingAndTerminating' : 'Rejected';
    case 'terminated':
      return isEnding ? 'ObservedAndTerminating' : 'Terminated';
  }
}

export interface ServiceState {
  readonly state: ServiceTermState;
  /** Substate of Ready. */
  readonly within?: 'Processing' | 'Idle';
}

/** A service is ready once all `count` of its machines are, processing while one of them runs, and completed when its agreement has ended. */
export function serviceTermState(agreement: AgreementState, count: number, machines: readonly MachineState[]): ServiceState {
  if (agreement === 'rejected' || agreement === 'terminated') return { state: 'Completed' };
  const [active, resting] = (['active', 'resting'] as const).map((state) => machines.filter((one) => one === state).length);
  if ((active ?? 0) + (resting ?? 0) < count) return { state: 'NotReady' };
  return { state: 'Ready', within: active === 0 ? 'Idle' : 'Processing' };
}

/** A guarantee is violated where one of its terms is, and fulfilled where all are. */
export function guaranteeTermState(terms: readonly ('undefined' | 'fulfilled' | 'violated')[]): GuaranteeTermState {
  if (terms.includes('violated')) return 'Violated';
  return terms.length === 0 || terms.includes('undefined') ? 'NotDetermined' : 'Fulfilled';
}
