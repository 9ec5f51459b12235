import { AgencyError } from '@cloud-agency/errors';
import { metricNamePattern } from '../vocabulary/metrics.js';
import { metricCondition, metricExpression } from '../vocabulary/over-metrics.js';
import { type Reader, text } from './fields.js';

/** One of the vocabulary, or an application's own. */
export const metricName = text(100, {
  matches: metricNamePattern,
  wanted: 'the name of a metric: letters, digits, _ . and :, beginning with a letter',
});

/** Arithmetic over metrics. */
export const expression: Reader<string> = readBy(metricExpression);

/** A condition over metrics. */
export const condition: Reader<string> = readBy(metricCondition);

function readBy(parse: (written: string) => unknown): Reader<string> {
  return (source, problems) => {
    const written = text(500)(source, problems);
    if (written === undefined) return undefined;
    try {
      parse(written);
      return written;
    } catch (error) {
      if (!(error instanceof AgencyError)) throw error;
      problems.add(source, error.message);
      return undefined;
    }
  };
}
