import { AgencyError } from '@cloud-agency/errors';
import { parseExpression } from '../vocabulary/expression.js';
import { type Objective, type ObjectiveName, objectiveNames, type Point } from './call.js';
import { choice, type Fields, mapping, quantity, type Reader, text } from './fields.js';
import { weight } from './preferences.js';
import type { Problems } from './problems.js';

/** The one direction that makes sense; the others go both ways. */
const directions: Readonly<Partial<Record<string, Objective['direction']>>> = {
  cost: 'minimise',
  availability: 'maximise',
  latency: 'minimise',
  carbon: 'minimise',
  performance: 'maximise',
};
const words = [...objectiveNames.filter((name) => name !== 'expression'), 'performance'] as const;

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
  if (!isPossible(of, direction, fields, problems)) return undefined;
  return {
    of,
    ...(expression !== undefined && { expression }),
    direction,
    weight: share,
    ...(to && { to }),
    ...(tolerance !== undefined && { tolerance }),
  };
});

function isPossible(
  of: ObjectiveName | 'performance',
  direction: Objective['direction'],
  fields: Fields,
  problems: Problems,
): of is ObjectiveName {
  const only = directions[of];
  if (only && direction !== only) problems.add(fields.placeOf(direction), `${of} can only be an objective to ${only}`);
  if (of === 'performance')
    problems.unsupported(fields.placeOf(direction), 'performance cannot be an objective yet: offers do not carry it');
  if (of === 'latency' && !fields.has('to'))
    problems.add(fields.place, 'latency is measured from somewhere', 'add to: { latitude: 48.85, longitude: 2.35 }');
  if (of !== 'latency' && fields.has('to')) problems.add(fields.placeOf('to'), '"to" belongs to the objective latency alone');
  return of !== 'performance';
}

/** A word of the vocabulary, or an expression over it. */
const subject: Reader<{ readonly of: ObjectiveName | 'performance'; readonly expression?: string }> = (source, problems) => {
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

const point: Reader<Point> = mapping((fields) => {
  const latitude = fields.required('latitude', degrees(90));
  const longitude = fields.required('longitude', degrees(180));
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
});

const degrees =
  (limit: number): Reader<number> =>
  (source, problems) => {
    const value = source.kind === 'scalar' ? source.value : undefined;
    if (typeof value === 'number' && Math.abs(value) <= limit) return value;
    problems.add(source, `must be degrees from -${limit} to ${limit}`);
    return undefined;
  };
