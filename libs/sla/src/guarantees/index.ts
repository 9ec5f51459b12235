export { type Budget, downtimeBudget } from './budget.js';
export { groupDowntime, type Member } from './group.js';
export {
  assessAvailability,
  assessResponseTime,
  type Downtime,
  fewestSamples,
  type GuaranteeState,
  type Verdict,
} from './guarantee.js';
export { combinedHealth, type Health, healthAfter, healthOf, type HealthState, type ProbeResult } from './health.js';
export { duration, type Interval, type Span, windowStart, without } from './interval.js';
export { type Measured, percentile, SampleWindow } from './sample-window.js';
