import type { Guarantee } from '../documents/guarantee.js';
import type { Evaluator, EvaluatorOptions } from './evaluator.js';
import { SampledEvaluator } from './sampled.js';
import { UptimeEvaluator } from './uptime.js';

/** @throws AgencyError `invalid-document` for a guarantee that no document could have had: its schedules and expressions are read anew. */
export function evaluatorOf(guarantee: Guarantee, options: EvaluatorOptions): Evaluator {
  return guarantee.term === 'availability' && guarantee.counted === undefined
    ? new UptimeEvaluator(guarantee, options)
    : new SampledEvaluator(guarantee, options);
}
