import { attributes } from '../vocabulary/attributes.js';
import { type AttributeName, attributeNames, type TextAttribute, textAttributes } from '../vocabulary/names.js';
import type { Constraint, NumberConstraint, NumberSetConstraint, PlaceConstraint, TextConstraint } from './call.js';
import { type Fields, mapping, type Reader } from './fields.js';
import { type Floor, marketRequirement, priceConstraints } from './market.js';
import { numberForms } from './number-forms.js';
import { places } from './places.js';
import { inWords, word, wordForms } from './word-forms.js';

/** What an item requires: every hard constraint, and how many of its machines must be on demand. */
export interface Requirements {
  readonly constraints: readonly Constraint[];
  readonly onDemandAtLeast?: Floor;
}

export const requirements: Reader<Requirements> = mapping((fields) => {
  const numbers = attributeNames.flatMap((name) => numberConstraints(name, fields));
  const market = fields.optional('market', marketRequirement);
  const words = textAttributes.flatMap((name) =>
    name === 'market' ? (market?.constraints ?? []) : (fields.optional(name, wordReader(name)) ?? []),
  );
  const region = fields.optional('region', placeConstraint) ?? [];
  return {
    constraints: [...numbers, ...words, ...region, ...priceConstraints(fields)],
    ...(market?.onDemandAtLeast && { onDemandAtLeast: market.onDemandAtLeast }),
  };
});

function numberConstraints(name: AttributeName, fields: Fields): readonly (NumberConstraint | NumberSetConstraint)[] {
  if (attributes[name].offered) return fields.optional(name, numberForms(name)) ?? [];
  fields.unsupported({ [name]: `nothing can be required of ${name}: ${elsewhere}` });
  return [];
}

/** What to do instead of speaking of a number that no offer has by itself. */
export const elsewhere =
  'it is from a point. Say how near a machine must be, region: { near: { latitude: 48.85, longitude: 2.35, within: 500 km } }, or make it an objective';

const wordReader = (name: TextAttribute): Reader<readonly TextConstraint[]> =>
  name === 'image' ? imageConstraint : wordForms(name);

const imageConstraint: Reader<readonly TextConstraint[]> = (source, problems) => {
  if (source.kind === 'list') {
    problems.unsupported(source, 'a choice between images is not made yet: name one');
    return undefined;
  }
  const name = word('image')(source, problems);
  return name === undefined ? undefined : inWords('image', '=', [name]);
};

const placeConstraint: Reader<readonly PlaceConstraint[]> = (source, problems) => {
  const found = places(source, problems);
  return found && [{ type: 'place', ...found }];
};
