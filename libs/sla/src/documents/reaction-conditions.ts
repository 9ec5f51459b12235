import { AgencyError } from '@cloud-agency/errors';
import { parseCondition } from '../vocabulary/condition.js';
import { eventValues } from './events.js';
import { type Reader, text } from './fields.js';

/** The `if` of a rule: a condition over what the event says. */
export const conditionOn =
  (event: string): Reader<string> =>
  (source, problems) => {
    const written = text(500)(source, problems);
    if (written === undefined) return undefined;
    const values = eventValues(event);
    if (values.length === 0) {
      problems.add(source, `there is nothing to compare of ${event}`, 'leave "if" out');
      return undefined;
    }
    try {
      parseCondition(written, values);
      return written;
    } catch (error) {
      if (!(error instanceof AgencyError)) throw error;
      problems.add(source, error.message);
      return undefined;
    }
  };
