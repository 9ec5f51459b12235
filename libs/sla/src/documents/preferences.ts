import { attributes } from '../vocabulary/attributes.js';
import { type AttributeName, attributeNames, textAttributes } from '../vocabulary/names.js';
import type { ConstraintPreference, Preference } from './call.js';
import { elsewhere } from './constraints.js';
import { amount, type Fields, list, mapping, type Reader } from './fields.js';
import { numberForms } from './number-forms.js';
import { places } from './places.js';
import type { Problems } from './problems.js';
import type { Scalar, Source } from './source.js';
import { wordForms } from './word-forms.js';

export const weight = amount({ above: 0, atMost: 1000 });

/** What is wanted, before its weight. */
type Wish = Preference extends infer Kind ? (Kind extends Preference ? Omit<Kind, 'weight'> : never) : never;

const subjects = ['region', ...attributeNames, ...textAttributes] as const;

const preference: Reader<Preference> = mapping((fields, problems) => {
  const share = fields.optional('weight', weight) ?? 1;
  const wishes = [...placeWish(fields), ...numberWishes(fields, problems), ...wordWishes(fields, problems)];
  const given = subjects.filter((name) => fields.has(name));
  if (given.length !== 1)
    problems.add(fields.place, `a preference is of exactly one thing, not ${given.length}: ${subjects.join(', ')}`);
  const [wish] = wishes;
  return wish && { ...wish, weight: share };
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

function placeWish(fields: Fields): readonly Wish[] {
  const found = fields.optional('region', places);
  return found ? [{ type: 'place', ...found }] : [];
}

function numberWishes(fields: Fields, problems: Problems): readonly Wish[] {
  return attributeNames.flatMap((attribute) => {
    const source = fields.source(attribute);
    if (!source) return [];
    if (!attributes[attribute].offered) {
      problems.unsupported(fields.placeOf(attribute), `${attribute} cannot be preferred: ${elsewhere}`);
      return [];
    }
    if (source.kind === 'scalar' && !/\d/.test(source.text)) return extreme(attribute, source, problems);
    return one(numberForms(attribute)(source, problems), source, problems);
  });
}

function extreme(attribute: AttributeName, source: Scalar, problems: Problems): readonly Wish[] {
  const direction = (['max', 'min'] as const).find((word) => word === source.value);
  if (direction) return [{ type: 'extreme', text: `${attribute} ${direction}`, attribute, direction }];
  problems.add(source, `"${source.text}" is not max or min, and no comparison`, `e.g. { ${attribute}: max }`);
  return [];
}

function wordWishes(fields: Fields, problems: Problems): readonly Wish[] {
  return textAttributes.flatMap((attribute) => {
    const source = fields.source(attribute);
    if (!source) return [];
    if (attribute === 'image') {
      problems.add(source, 'an image cannot be preferred: every machine of an item runs the same', 'write it under require');
      return [];
    }
    return one(wordForms(attribute)(source, problems), source, problems);
  });
}

/** A wish is met or not, and weighs as a whole. */
function one(
  found: readonly ConstraintPreference['constraint'][] | undefined,
  source: Source,
  problems: Problems,
): readonly Wish[] {
  const [constraint, ...more] = found ?? [];
  if (more.length > 0) problems.add(source, 'a preference is one comparison or one set', 'state each by itself, with its weight');
  return constraint ? [{ type: 'constraint', text: constraint.text, constraint }] : [];
}
