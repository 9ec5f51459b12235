import { attributes } from '../vocabulary/attributes.js';
import type { AttributeName } from '../vocabulary/names.js';
import { formatQuantity, unitIn } from '../vocabulary/quantity.js';
import type { Comparison, NumberConstraint, NumberSetConstraint } from './call.js';
import { mapping, oneOrMore, quantity, quantityIn, type Reader, text } from './fields.js';
import type { Place, Problems } from './problems.js';

type NumberForm = NumberConstraint | NumberSetConstraint;
/** A bare value, which is one of a set, or what holds beside it. */
type Stated = number | readonly NumberForm[];

/**
 * What a call requires of a number: `>= 2`, `2..8`, `4` or `[2, 4, 8]` (one of these), `{ not: [3, 5] }`; or a list of all that, where the bare values
 * are one set and everything else holds as well.
 */
export const numberForms =
  (attribute: AttributeName): Reader<readonly NumberForm[]> =>
  (source, problems) => {
    const parts = oneOrMore(stated(attribute))(source, problems);
    if (parts?.length === 0 && source.kind === 'list' && source.items.length === 0)
      problems.add(source, 'an empty list allows nothing', 'leave the field out');
    if (!parts) return undefined;
    const bare = parts.filter((part) => typeof part === 'number');
    return [...parts.flatMap((part) => (typeof part === 'number' ? [] : part)), ...oneOf(attribute, bare)];
  };

const stated =
  (attribute: AttributeName): Reader<Stated> =>
  (source, problems) => {
    if (source.kind === 'mapping') return excluding(attribute)(source, problems);
    const written = text()(source, problems);
    if (written === undefined) return undefined;
    if (written === 'max' || written === 'min') {
      problems.add(source, `"${written}" is a wish, not a requirement`, `write it under prefer: - { ${attribute}: ${written} }`);
      return undefined;
    }
    const [from = '', to, ...more] = written.split('..');
    if (to === undefined) return comparison(attribute, written, source, problems);
    if (more.length === 0) return range(attribute, [from, to], source, problems);
    problems.add(source, `"${written}" is not a range`, 'e.g. 2..8');
    return undefined;
  };

const signs: Readonly<Record<string, Comparison>> = {
  '>=': '>=',
  '<=': '<=',
  '!=': '!=',
  '==': '=',
  '=': '=',
  '>': '>',
  '<': '<',
};

function comparison(attribute: AttributeName, written: string, place: Place, problems: Problems): Stated | undefined {
  const sign = /^(>=|<=|!=|==|=|>|<)/.exec(written)?.[0] ?? '';
  const value = quantityIn(written.slice(sign.length).trim(), attributes[attribute].dimension, place, problems);
  const known = signs[sign];
  return value !== undefined && known ? [numberConstraint(attribute, known, value)] : value;
}

/** `2..8`, `4 GiB..16 GiB`; in `4..16 GiB` the unit is that of both. */
function range(
  attribute: AttributeName,
  [from, to]: readonly [string, string],
  place: Place,
  problems: Problems,
): readonly NumberForm[] | undefined {
  const { dimension } = attributes[attribute];
  const unit = from.trim() === '' || unitIn(from) !== undefined ? '' : (unitIn(to) ?? '');
  const least = quantityIn(`${from}${unit}`, dimension, place, problems);
  const most = quantityIn(to, dimension, place, problems);
  if (least === undefined || most === undefined) return undefined;
  return [numberConstraint(attribute, '>=', least), numberConstraint(attribute, '<=', most)];
}

const excluding = (attribute: AttributeName): Reader<readonly NumberForm[]> =>
  mapping((fields, problems) => {
    const values = fields.required('not', oneOrMore(quantity(attributes[attribute].dimension)));
    if (values?.length === 0 && !problems.malformed) problems.add(fields.placeOf('not'), 'an empty list excludes nothing');
    const [only, ...more] = new Set(values);
    if (only === undefined) return undefined;
    if (more.length === 0) return [numberConstraint(attribute, '!=', only)];
    const noneOf = [only, ...more];
    return [{ type: 'numbers', text: `${attribute} != ${listed(attribute, noneOf)}`, attribute, noneOf }];
  });

function oneOf(attribute: AttributeName, values: readonly number[]): readonly NumberForm[] {
  const [only, ...more] = new Set(values);
  if (only === undefined) return [];
  if (more.length === 0) return [numberConstraint(attribute, '=', only)];
  const anyOf = [only, ...more];
  return [{ type: 'numbers', text: `${attribute} = ${listed(attribute, anyOf)}`, attribute, anyOf }];
}

function numberConstraint(attribute: AttributeName, comparison: Comparison, value: number): NumberConstraint {
  const wanted = formatQuantity(value, attributes[attribute].dimension);
  return { type: 'number', text: `${attribute} ${comparison} ${wanted}`, attribute, comparison, value };
}

function listed(attribute: AttributeName, values: readonly number[]): string {
  return values.map((value) => formatQuantity(value, attributes[attribute].dimension)).join(' or ');
}
