import { attributeNames } from '../../vocabulary/names.js';
import type { Problems } from '../problems.js';
import { type Draft, list, mapping, oneOrList, put, scalar } from './draft.js';
import type { Parts } from './shape.js';
import type { ReadElement } from './element.js';
import { textOf } from './tree.js';

/** Facets and `cfp:not`s as the forms of a call document: several values of which one is allowed are bare there, one alone is compared with. */
export function compared(parts: Parts, name: string, others: readonly ReadElement[], problems: Problems): Draft | undefined {
  const constraint = parts.one('wsag:ItemConstraint');
  if (!constraint) return undefined;
  const found = facets(constraint, problems);
  const not = excluded(others, problems);
  if (found.length + not.length === 0) {
    if (constraint.children.length === 0)
      problems.add(constraint, `nothing is said of ${name}`, 'e.g. <xs:minInclusive value="2"/>');
    return undefined;
  }
  const allowed = found.filter(({ sign }) => sign === '=');
  const isSet = allowed.length > 1 || !attributeNames.some((known) => known === name);
  const drafts = found.map(({ at, sign, value }) => scalar(at, sign === '=' && isSet ? value : `${sign} ${value}`));
  // Images are named one by one, never in a list.
  return name === 'image' ? oneOrList(constraint.at, [...drafts, ...not]) : list(constraint.at, [...drafts, ...not]);
}

export interface Facet {
  readonly at: ReadElement['at'];
  readonly sign: string;
  readonly value: string;
}

const signs: Readonly<Record<string, string>> = {
  'xs:minInclusive': '>=',
  'xs:maxInclusive': '<=',
  'xs:minExclusive': '>',
  'xs:maxExclusive': '<',
  'xs:enumeration': '=',
};

export function facets(constraint: ReadElement, problems: Problems): readonly Facet[] {
  return constraint.children.flatMap((facet) => {
    const sign = Object.hasOwn(signs, facet.name) ? signs[facet.name] : undefined;
    const value = facet.attributes.get('value')?.trim();
    if (sign === undefined) {
      const message = `${facet.name} cannot be held against an offer`;
      if (facet.name.startsWith('xs:')) problems.unsupported(facet, `${message}: known are ${Object.keys(signs).join(', ')}`);
      else problems.add(facet, message, `known are ${Object.keys(signs).join(', ')}`);
    } else if (value === undefined || value === '') problems.add(facet, 'has no value', `e.g. <${facet.name} value="2"/>`);
    else if (/^[<>=!]|\.\./.test(value)) problems.add(facet, `"${value}" is more than a value: the facet says how to compare`);
    else return [{ at: facet.at, sign, value }];
    return [];
  });
}

/** XML Schema has no facet for what must not be: `cfp:not` after the constraint says that; several are one set. */
function excluded(others: readonly ReadElement[], problems: Problems): readonly Draft[] {
  const values = others.flatMap((other) => {
    if (other.name === 'cfp:not' && other.children.length === 0) return [other];
    problems.add(other, `${other.name} means nothing here`, 'known is cfp:not');
    return [];
  });
  const [first, ...more] = values;
  if (!first) return [];
  if (more.length === 0) return [scalar(first.at, `!= ${textOf(first)}`)];
  const fields = mapping(first.at);
  const not = list(
    first.at,
    values.map((value) => scalar(value.at, textOf(value))),
  );
  put(fields, 'not', not, problems);
  return [fields];
}
