export { type Budget, budgetOf } from './budget.js';
export { burnPairs } from './burn.js';
export type { Evaluator, EvaluatorOptions, Piece, Series, Taken } from './evaluator.js';
export { assessAvailability, assessResponseTime, type Downtime } from './guarantee.js';
export { SampleWindow } from './sample-window.js';
export { evaluatorOf } from './evaluator-of.js';
export { remembered } from './feed.js';
export { groupDowntime, type Member } from './group.js';
export { combinedHealth, type Health, healthAfter, healthOf, type HealthState, type ProbeResult } from './health.js';
<<<<<<< HEAD
export { duration, type Interval, type Span, windowStart, without } from './interval.js';
export { type Measured, percentile, SampleWindow } from './sample-window.js';
=======
export { type Interval, type Span, windowStart, without } from './interval.js';
export { fewestSamples, leastOf, missingOf, seriesOf, statisticOf } from './judged.js';
export { percentile } from './percentile.js';
export { percentileError } from './quantiles.js';
export { wantedOf } from './shown.js';
export type { Burn, Forecast, GuaranteeState, Risk, Verdict } from './verdict.js';
export { windowLength } from './window.js';
>>>>>>> terms
