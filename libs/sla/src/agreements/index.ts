export { type Agreement, type AgreementOffer, canonicalJson, concludedText, type Signature } from './agreement.js';
export { AgreementGateway, type GatewayParts, type Outcome, type Signer } from './gateway.js';
export {
  allGuarantees,
  backAt,
  guaranteesAt,
  heldDuring,
  levelAfter,
  type Numbered,
  type Promises,
  type Standing,
} from './levels.js';
export {
  type AgreementAction,
  agreementActions,
  type AgreementLife,
  actionsIn,
  hasEnded,
  isInForce,
  transition,
  type Validity,
  withValidity,
} from './life-cycle.js';
export {
  accepting,
  type AgreementPolicy,
  atLeast,
  type Decision,
  firstThatDecides,
  refusingUnless,
  withinBudget,
} from './policy.js';
export {
  type Account,
  type Charge,
  chargeOf,
  type Entry,
  monthOf,
  type Month,
  monthsOf,
  settle,
  type Subject,
  totalOf,
  type Violated,
} from './settlement.js';
export { type AgreementStore, MemoryAgreementStore } from './store.js';
