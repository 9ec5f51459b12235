import { attributes } from '../vocabulary/attributes.js';
import { attributeNames } from '../vocabulary/names.js';
import type { Preference } from './call.js';
import { amount, choice, type Fields, list, mapping, type Reader } from './fields.js';
import { places } from './places.js';
import type { Problems } from './problems.js';

export const weight = amount({ above: 0, atMost: 1000 });

const preference: Reader<Preference> = mapping((fields, problems) => {
  const share = fields.optional('weight', weight) ?? 1;
  const wishes = [...placeWish(fields, share), ...extremeWishes(fields, problems, share)];
  const subjects = ['region', ...attributeNames].filter((name) => fields.has(name));
  if (subjects.length !== 1)
    problems.add(
      fields.place,
      `a preference is of exactly one thing, not ${subjects.length}: region or ${attributeNames.join(', ')}`,
    );
  return wishes[0];
});

/** Wishes of one item; each has a text of its own, since scores are keyed by it. */
export const preferences: Reader<readonly Preference[]> = (source, problems) => {
  const wishes = list(preference, 20)(source, problems) ?? [];
  const texts = wishes.map((wish) => wish.text);
  const doubled = texts.find((text, index) => texts.indexOf(text) !== index);
  if (doubled !== undefined)
    problems.add(source, `"${doubled}" is preferred twice`, 'state it once, with the sum of the weights');
  return wishes;
};

function placeWish(fields: Fields, share: number): readonly Preference[] {
  const found = fields.optional('region', places);
  return found ? [{ type: 'place', ...found, weight: share }] : [];
}

function extremeWishes(fields: Fields, problems: Problems, share: number): readonly Preference[] {
  return attributeNames.flatMap((attribute) => {
    const direction = fields.optional(attribute, choice(['max', 'min']));
    if (direction === undefined) return [];
    if (!attributes[attribute].offered) {
      problems.unsupported(fields.placeOf(attribute), `offers do not carry ${attribute} yet, so it cannot be preferred`);
    }
    return [{ type: 'extreme', text: `${attribute} ${direction}`, attribute, direction, weight: share }];
  });
}
