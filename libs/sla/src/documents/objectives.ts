import { AgencyError } from '@cloud-agency/errors';
import { attributes } from '../vocabulary/attributes.js';
import { parseExpression } from '../vocabulary/expression.js';
import { type Objective, type ObjectiveName, objectiveNames } from './call.js';
import { choice, type Fields, mapping, quantity, type Reader, text } from './fields.js';
import { point } from './places.js';
import { weight } from './preferences.js';
import type { Problems } from './problems.js';

const words = objectiveNames.filter((name) => name !== 'expression');

/** What scores and comparisons call an objective. */
export function objectiveKey({ of, expression }: Pick<Objective, 'of' | 'expression'>): string {
  return of === 'expression' ? (expression ?? '') : of;
}

/** `{ minimise: cost, weight: 2 }`, `{ minimise: latency, to: { … } }`, `{ maximise: cores / price, tolerance: 5 % }` */
export const objective: Reader<Objective> = mapping((fields, problems) => {
  const minimise = fields.optional('minimise', subject);
  const maximise = fields.optional('maximise', subject);
  const share = fields.optional('weight', weight) ?? 1;
  const tolerance = fields.optional('tolerance', quantity('fraction'));
  const to = fields.optional('to', point);
  const found = minimise ?? maximise;
  if (fields.has('minimise') === fields.has('maximise'))
    problems.add(fields.place, 'an objective says either minimise or maximise');
  if (!found) return undefined;
  const { of, expression } = found;
  const direction = minimise ? 'minimise' : 'maximise';
  checkPossible(of, direction, fields, problems);
  return {
    of,
    ...(expression !== undefined && { expression }),
    direction,
    weight: share,
    ...(to && { to }),
    ...(tolerance !== undefined && { tolerance }),
  };
});

function checkPossible(of: ObjectiveName, direction: Objective['direction'], fields: Fields, problems: Problems): void {
  const only = onlyDirection(of);
  if (only && direction !== only) problems.add(fields.placeOf(direction), `${of} can only be an objective to ${only}`);
  if (of === 'latency' && !fields.has('to'))
    problems.add(fields.place, 'latency is measured from somewhere', 'add to: { latitude: 48.85, longitude: 2.35 }');
  if (of !== 'latency' && fields.has('to')) problems.add(fields.placeOf('to'), '"to" belongs to the objective latency alone');
}

/** Of what makes sense in one direction alone. */
function onlyDirection(of: ObjectiveName): Objective['direction'] | undefined {
  if (of === 'cost') return 'minimise';
  if (of === 'expression' || attributes[of].eitherWay) return undefined;
  return attributes[of].better === 'more' ? 'maximise' : 'minimise';
}

/** A word of the vocabulary, or an expression over it. */
const subject: Reader<{ readonly of: ObjectiveName; readonly expression?: string }> = (source, problems) => {
  const written = text(500)(source, problems);
  if (written === undefined) return undefined;
  if (/^[\w-]*$/.test(written)) {
    const of = choice(words)(source, problems);
    return of && { of };
  }
  try {
    parseExpression(written);
    return { of: 'expression', expression: written };
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    problems.add(source, error.message);
    return undefined;
  }
};
