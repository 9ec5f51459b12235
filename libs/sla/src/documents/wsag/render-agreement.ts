import type { Offer } from '../../selection/offer.js';
import type { AgreementState } from '../../vocabulary/states.js';
import type { Call, Need } from '../call.js';
import { guaranteeTermState, type MachineState, serviceTermState, wsagAgreementState } from './agreement-states.js';
import { element, type Elements, leaf, own } from './build.js';
import { constraints, context, leftOut, terms } from './render-call.js';
import { guaranteeName } from './render-guarantees.js';
import { placementTerms } from './render-placements.js';
import type { WsagDocument } from './tree.js';

/** An agreement as it is now. Times are ISO 8601. */
export interface AgreementDocument {
  readonly id: string;
  /** What was agreed upon. */
  readonly call: Call;
  readonly client: string;
  readonly state: AgreementState;
  readonly agreedAt?: string;
  readonly effectiveFrom?: string;
  readonly effectiveUntil?: string;
  /** Of the plan that was accepted, USD a month. */
  readonly cost: number;
  readonly machines: readonly AgreedMachine[];
  readonly terms: readonly AgreedTerm[];
}

/** One machine that there is, or is to be, under an agreement. */
export interface AgreedMachine {
  readonly item: string;
  readonly offer: Offer;
  /** Where it is told of, e.g. `/compute/ID`. */
  readonly location: string;
  readonly address?: string;
  readonly state: MachineState;
}

/** How one guarantee of the call is kept: `index` is its place there; `of` where the machine is told of, absent of a group. */
export interface AgreedTerm {
  readonly index: number;
  readonly of?: string;
  readonly state: 'undefined' | 'fulfilled' | 'violated';
  /** In `unit`; absent: nothing was measured yet. */
  readonly measured?: number;
  readonly wanted: number;
  readonly unit: string;
}

/** An agreement as `wsag:AgreementProperties` (GFD.192): what was agreed upon, by what it is met, and how it is kept. */
export function renderAgreement(agreement: AgreementDocument): WsagDocument {
  const { call, client, effectiveUntil, machines, cost } = agreement;
  const parties = { initiator: client, responder: 'Cloud Agency', ...(effectiveUntil !== undefined && { ends: effectiveUntil }) };
  const placed = machines.map(({ item, offer, location, address, state }) => ({
    ...{ item, offer, count: 1 },
    machine: { location, state, ...(address !== undefined && { address }) },
  }));
  const [root] = element(
    'wsag:AgreementProperties',
    {},
    leaf('wsag:Name', call.name),
    leaf('wsag:AgreementId', agreement.id),
    context(
      call,
      parties,
      constraints(call),
      own('agreed_at', agreement.agreedAt),
      own('effective_from', agreement.effectiveFrom),
    ),
    terms(call, placementTerms(placed, cost)),
    element(
      'wsag:AgreementState',
      {},
      own('state', agreement.state),
      leaf('wsag:State', wsagAgreementState(agreement.state, stateOf(machines))),
    ),
    ...call.guarantees.map((_, index) => guaranteeState(index, agreement)),
    ...call.demand.needs.map((need) => serviceState(need, agreement)),
  );
  return { root, comments: leftOut(call) };
}

function guaranteeState(index: number, { terms: all }: AgreementDocument): Elements {
  const terms = all.filter((term) => term.index === index);
  return element(
    'wsag:GuaranteeTermState',
    { 'wsag:termName': guaranteeName(index) },
    leaf('wsag:State', guaranteeTermState(terms.map(({ state }) => state))),
    terms.length > 0 ? own('figures', terms.map(figuresOf)) : [],
  );
}

const figuresOf = ({ of, state, measured, wanted, unit }: AgreedTerm) => ({
  ...{ of, state, wanted: `${wanted} ${unit}` },
  measured: measured === undefined ? undefined : `${measured} ${unit}`,
});

/** Whatever the state, how many of its machines are active is said with it. */
function serviceState({ item, count }: Need, { state: agreed, machines: all }: AgreementDocument): Elements {
  const machines = stateOf(all.filter((machine) => machine.item === item));
  const { state, within } = serviceTermState(agreed, count, machines);
  const active = machines.filter((one) => one === 'active').length;
  const counted = own('machines', { active, of: count });
  return element(
    'wsag:ServiceTermState',
    { 'wsag:termName': item },
    leaf('wsag:State', state),
    within === undefined ? counted : element(`wsag:${within}`, {}, counted),
  );
}

const stateOf = (machines: readonly AgreedMachine[]): readonly MachineState[] => machines.map(({ state }) => state);
