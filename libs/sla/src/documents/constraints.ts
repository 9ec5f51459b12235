import { attributes } from '../vocabulary/attributes.js';
import { type AttributeName, attributeNames, textAttributes } from '../vocabulary/names.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import { textValue } from '../vocabulary/text.js';
import type { Comparison, Constraint, NumberConstraint, TextConstraint } from './call.js';
import { type Fields, mapping, oneOrMore, quantity, quantityIn, type Reader, text } from './fields.js';
import { places } from './places.js';
import type { Problems } from './problems.js';
import type { Source } from './source.js';

/** What an item requires: every hard constraint, and the image that its machines are to run. */
export interface Requirements {
  readonly constraints: readonly Constraint[];
  readonly image?: string;
}

export const requirements: Reader<Requirements> = mapping((fields) => {
  const constraints = [
    ...attributeNames.flatMap((name) => numbers(name, fields)),
    ...textAttributes.flatMap((name) => fields.optional(name, textReaders[name]) ?? []),
    ...placeConstraint(fields),
    ...priceConstraint(fields),
  ];
  const image = constraints.find((constraint) => constraint.type === 'text' && constraint.attribute === 'image');
  const name = image?.type === 'text' ? image.anyOf?.[0] : undefined;
  return { constraints, ...(name !== undefined && { image: name }) };
});

function numbers(name: AttributeName, fields: Fields): readonly NumberConstraint[] {
  if (!fields.has(name)) {
    fields.source(name);
    return [];
  }
  if (!attributes[name].offered) {
    fields.unsupported({ [name]: `offers do not carry ${name} yet, so nothing can be required of it` });
    return [];
  }
  return (fields.optional(name, oneOrMore(comparisons(name))) ?? []).flat();
}

const compared = /^(>=|<=|!=|==|=|>|<)?\s*(.+)$/;

/** `>= 2`, `2..8`, or a bare quantity, which means exactly that much. */
const comparisons =
  (attribute: AttributeName): Reader<readonly NumberConstraint[]> =>
  (source, problems) => {
    const written = text()(source, problems);
    if (written === undefined) return undefined;
    if (written === 'max' || written === 'min') {
      problems.add(source, `"${written}" is a wish, not a requirement`, `write it under prefer: - { ${attribute}: ${written} }`);
      return undefined;
    }
    const range = written.split('..');
    const parts = range.length === 2 ? [`>= ${range[0] ?? ''}`, `<= ${range[1] ?? ''}`] : [written];
    return parts.map((part) => comparison(attribute, part, source, problems)).filter((constraint) => constraint !== undefined);
  };

function comparison(attribute: AttributeName, written: string, source: Source, problems: Problems): NumberConstraint | undefined {
  const [, sign = '=', rest = ''] = compared.exec(written) ?? [];
  const { dimension } = attributes[attribute];
  const value = quantityIn(rest, dimension, source, problems);
  if (value === undefined) return undefined;
  const operator = (sign === '==' ? '=' : sign) as Comparison;
  return {
    type: 'number',
    text: `${attribute} ${operator} ${formatQuantity(value, dimension)}`,
    attribute,
    comparison: operator,
    value,
  };
}

const textReaders: Readonly<Record<TextConstraint['attribute'], Reader<readonly TextConstraint[]>>> = {
  architecture: (source, problems) => {
    const words = oneOrMore(architectureWord)(source, problems) ?? [];
    const anyOf = words.filter((word) => !word.not).map((word) => word.value);
    const noneOf = words.filter((word) => word.not).map((word) => word.value);
    return [...inWords('architecture', '=', anyOf), ...inWords('architecture', '!=', noneOf)];
  },
  image: (source, problems) => {
    if (source.kind === 'list') {
      problems.unsupported(source, 'a choice between images is not made yet: name one');
      return undefined;
    }
    const value = word('image', source, problems);
    return value === undefined ? undefined : inWords('image', '=', [value]);
  },
  market: (source, problems) => {
    const value = word('market', source, problems);
    if (value === 'spot') problems.unsupported(source, 'offers are on-demand only for now: write on-demand or any');
    return value === 'on-demand' ? inWords('market', '=', [value]) : [];
  },
};

function architectureWord(source: Source, problems: Problems): { readonly not: boolean; readonly value: string } | undefined {
  const [, sign = '=', name = ''] = source.kind === 'scalar' ? (/^(!=|==|=)?\s*(.*)$/.exec(source.text) ?? []) : [];
  const value =
    source.kind === 'scalar' ? word('architecture', { ...source, text: name }, problems) : word('architecture', source, problems);
  return value === undefined ? undefined : { not: sign === '!=', value };
}

function word(attribute: TextConstraint['attribute'], source: Source, problems: Problems): string | undefined {
  const written = text()(source, problems);
  if (written === undefined) return undefined;
  const known = textValue(attribute, written);
  if ('value' in known) return known.value;
  problems.add(source, known.problem, known.hint);
  return undefined;
}

function inWords(attribute: TextConstraint['attribute'], sign: '=' | '!=', names: readonly string[]): readonly TextConstraint[] {
  if (names.length === 0) return [];
  return [
    {
      type: 'text',
      text: `${attribute} ${sign} ${names.join(' or ')}`,
      attribute,
      ...(sign === '=' ? { anyOf: names } : { noneOf: names }),
    },
  ];
}

function placeConstraint(fields: Fields): readonly Constraint[] {
  const found = fields.optional('region', places);
  return found ? [{ type: 'place', ...found }] : [];
}

function priceConstraint(fields: Fields): readonly Constraint[] {
  const atMost = fields.optional('max_price', quantity('price'));
  return atMost === undefined ? [] : [{ type: 'price', text: `max_price ${formatQuantity(atMost, 'price')}`, atMost }];
}
