export * from './vocabulary/names.js';
export { type Attribute, attributes } from './vocabulary/attributes.js';
export { type Condition, parseCondition } from './vocabulary/condition.js';
export * from './vocabulary/images.js';
export * from './vocabulary/place.js';
export * from './vocabulary/quantity.js';
export * from './vocabulary/states.js';
export {
  type Metric,
  type MetricName,
  metricNamePattern,
  metricNames,
  metricOf,
  metrics,
  type MetricSource,
  metricSources,
} from './vocabulary/metrics.js';
export { architecture } from './vocabulary/text.js';
export * from './documents/call.js';
export * from './documents/reaction.js';
export { jsonPathSteps, jsonValueAt } from './documents/probes/json-path.js';
export { type AskOf, kindOf, type ProbeKindName } from './documents/probes/kinds.js';
export * from './documents/probes/probe.js';
export { webhookSecret, webhookSecretWanted } from './documents/watching.js';
export { eventMatches, eventProblem, events, eventValues } from './documents/events.js';
export { callDocument, parseCall, type ParsedCall } from './documents/parse-call.js';
export { offerIdOf } from './documents/written.js';
export { checkOpenSlo, withItem } from './documents/openslo/check.js';
export { writeOpenSlo } from './documents/openslo/write.js';
export { isWsagJson, isXml } from './documents/wsag/names.js';
export { type AgreementTemplate, readTemplate } from './documents/wsag/template.js';
export type { AgreementTemplates } from './documents/wsag/check-template.js';
export { type AgreedMachine, type AgreedTerm, renderAgreement } from './documents/wsag/render-agreement.js';
export { renderCounterOffer } from './documents/wsag/render-counter-offer.js';
export { renderOffer } from './documents/wsag/render-offer.js';
export type { WsagDocument } from './documents/wsag/tree.js';
export { toJson } from './documents/wsag/write-json.js';
export { toXml } from './documents/wsag/write-xml.js';
export type { NamedPolicies } from './documents/choosing.js';
export { parsePolicy, type StoredPolicy } from './documents/policy.js';
export type { Problem } from './documents/problems.js';
export type * from './selection/offer.js';
export type * from './selection/answer.js';
export type * from './selection/plan.js';
export { answerDemand, answering, type AnswerOptions } from './selection/answer-demand.js';
export { offerMeets } from './selection/meets.js';
export {
  type Observed,
  observedAvailability,
  type ObservedPerformance,
  type ObservedUptime,
  readsObserved,
} from './selection/observed.js';
export type { ProvidesImage } from './selection/filter.js';
export { mergeAnswers } from './selection/merge.js';
export { violations } from './selection/check.js';
export { costOf, priced, type Running, sameTerms } from './selection/cost.js';
export { topsis } from './selection/topsis.js';
export { selectPlans, type SelectOptions } from './selection/select.js';
export { answerRepair, mergeRepairs } from './selection/repair-answer.js';
export { type Repaired, smallestRepairs, withRepairs } from './selection/repair.js';
export { repriced, standsAtAnyPrice } from './selection/repriced.js';
export { OfferTable } from './selection/table/offer-table.js';
export { OfferTableBuilder } from './selection/table/builder.js';
export type { OfferRow } from './selection/table/offer-row.js';
export type { TableChange } from './selection/table/changes.js';
export { asksOf, asksWithoutPlan, type AskOptions } from './negotiation/asks.js';
export * from './negotiation/counter.js';
export { cheapestFor } from './negotiation/cheapest.js';
export { type Conceding } from './negotiation/tactics/conceding.js';
export { readTactic } from './negotiation/tactics/read-tactic.js';
export { type OfferGroup, situationOf } from './negotiation/tactics/situation.js';
export { agreedLevel } from './documents/levels.js';
export * from './guarantees/index.js';
export * from './agreements/index.js';
export * from './exposition/index.js';
export { grouped } from './grouped.js';
