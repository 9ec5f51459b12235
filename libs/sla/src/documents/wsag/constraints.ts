import { nearest } from '@cloud-agency/errors';
import { attributeNames } from '../../vocabulary/names.js';
import type { Problems } from '../problems.js';
import { type Draft, list, type MappingDraft, mapping, oneOrList, put, scalar } from './draft.js';
import { ownValue } from './own.js';
import { type Parts, partsOf } from './shape.js';
import type { Services } from './terms.js';
import { textOf, type XmlElement } from './xml.js';

/** Reads the items of the constraints into what they constrain: Required ones are requirements, Optional ones preferences. */
export function constrain(element: XmlElement, services: Services, problems: Problems): void {
  const constraints = partsOf(element, { children: ['neg:Item*', 'wsag:Constraint*'] }, problems);
  for (const item of constraints.all('neg:Item')) readItem(item, services, problems);
  for (const free of constraints.all('wsag:Constraint'))
    problems.unsupported(free, 'free constraints are not understood: write neg:Item elements');
}

const shape = {
  children: ['wsag:Location', 'wsag:ItemConstraint'],
  attributes: ['wsag:Name?', 'neg:Type', 'neg:Importance?'],
  open: true,
};

function readItem(item: XmlElement, services: Services, problems: Problems): void {
  const parts = partsOf(item, shape, problems);
  const location = parts.one('wsag:Location');
  const target = location && targetOf(location, services, problems);
  if (!target) return;
  const type = parts.attribute('neg:Type');
  if (type === 'Required') require(parts, target, problems);
  else if (type === 'Optional') prefer(parts, target, problems);
  else if (type !== undefined) problems.add(item, `neg:Type is "${type.slice(0, 40)}"`, 'it is Required or Optional');
}

interface Target {
  readonly fields: MappingDraft;
  /** Field of the document that the location ends with. */
  readonly name: string;
}

const example = "…/wsag:ServiceDescriptionTerm[@wsag:Name='web']/cfp:Resource/cfp:cores";

/** Of an XPath only what matters is read: which term, and which of its fields. */
function targetOf(location: XmlElement, services: Services, problems: Problems): Target | undefined {
  const path = textOf(location);
  const [, by, single, double] = /\[\s*@(?:[\w.-]+:)?(Service)?Name\s*=\s*(?:'([^']*)'|"([^"]*)")\s*\]/.exec(path) ?? [];
  const name = /\/(?:[\w.-]+:)?([a-z_]+)$/.exec(path)?.[1];
  const service = single ?? double;
  if (service === undefined || name === undefined) {
    problems.add(location, `"${path.slice(0, 100)}" does not lead to a field of a service`, `e.g. ${example}`);
    return undefined;
  }
  const known = by === undefined ? services.byTerm : services.byName;
  const fields = known.get(service);
  if (fields) return { fields, name };
  const meant = nearest(service, [...known.keys()]);
  problems.add(location, `there is no term "${service}"`, meant && `did you mean ${meant}?`);
  return undefined;
}

function require(parts: Parts, { fields, name }: Target, problems: Problems): void {
  const { element } = parts;
  if (parts.attribute('neg:Importance') !== undefined) problems.add(element, 'what is Required has no importance: leave it out');
  const value = required(parts, name, problems);
  if (value === undefined) return;
  if (name === 'at_most') put(fields, name, value, problems);
  else put(fields, 'require', { ...mapping(element.at), entries: new Map([[name, { at: value.at, value }]]) }, problems);
}

function required(parts: Parts, name: string, problems: Problems): Draft | undefined {
  const constraint = parts.one('wsag:ItemConstraint');
  if (!constraint) return undefined;
  if (name === 'region') return regionOf(parts, constraint, problems);
  const found = [...facets(constraint, problems), ...excluded(parts, problems)];
  if (found.length === 0 && constraint.children.length === 0)
    problems.add(constraint, `nothing is said of ${name}`, 'e.g. <xs:minInclusive value="2"/>');
  if (found.length === 0) return undefined;
  return name === 'max_price' || name === 'at_most'
    ? ceiling(constraint, found, problems)
    : compared(constraint, name, found, problems);
}

function compared(constraint: XmlElement, name: string, found: readonly Facet[], problems: Problems): Draft {
  const isNumber = attributeNames.some((known) => known === name);
  if (isNumber && found.filter(({ sign }) => sign === '=').length > 1)
    problems.unsupported(constraint, 'a choice between numbers is not made yet: give the least and the greatest');
  const drafts = found.map(({ at, sign, value }) => scalar(at, sign === '=' && !isNumber ? value : `${sign} ${value}`));
  return isNumber || name === 'architecture' ? list(constraint.at, drafts) : oneOrList(constraint.at, drafts);
}

function ceiling(constraint: XmlElement, found: readonly Facet[], problems: Problems): Draft | undefined {
  const [only, ...more] = found;
  if (only?.sign === '<=' && more.length === 0) return scalar(only.at, only.value);
  problems.add(constraint, 'the most is one xs:maxInclusive');
  return undefined;
}

function regionOf(parts: Parts, constraint: XmlElement, problems: Problems): Draft | undefined {
  const [region, ...more] = parts.others;
  if (region?.name === 'cfp:region' && more.length === 0 && constraint.children.length === 0) return ownValue(region, problems);
  problems.add(parts.element, 'a region is an empty wsag:ItemConstraint and a cfp:region after it');
  return undefined;
}

interface Facet {
  readonly at: XmlElement['at'];
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

function facets(constraint: XmlElement, problems: Problems): readonly Facet[] {
  return constraint.children.flatMap((facet) => {
    const sign = Object.hasOwn(signs, facet.name) ? signs[facet.name] : undefined;
    const value = facet.attributes.get('value')?.trim();
    if (sign === undefined) {
      const message = `${facet.name} cannot be held against an offer`;
      if (facet.name.startsWith('xs:')) problems.unsupported(facet, `${message}: known are ${Object.keys(signs).join(', ')}`);
      else problems.add(facet, message, `known are ${Object.keys(signs).join(', ')}`);
    } else if (value === undefined || value === '') problems.add(facet, 'has no value', `e.g. <${facet.name} value="2"/>`);
    else return [{ at: facet.at, sign, value }];
    return [];
  });
}

/** XML Schema has no facet for what must not be: `cfp:not` after the constraint says that. */
function excluded(parts: Parts, problems: Problems): readonly Facet[] {
  return parts.others.flatMap((other) => {
    if (other.name === 'cfp:not' && other.children.length === 0) return [{ at: other.at, sign: '!=', value: textOf(other) }];
    problems.add(other, `${other.name} means nothing here`, 'known is cfp:not');
    return [];
  });
}

/** A wish: `<cfp:wish>max</cfp:wish>` or a `cfp:region`; its weight is the importance, or `cfp:weight` where that is no whole number. */
function prefer(parts: Parts, { fields, name }: Target, problems: Problems): void {
  const { element, others } = parts;
  const weight = others.find((other) => other.name === 'cfp:weight');
  const [wish, ...more] = others.filter((other) => other !== weight);
  const wanted = name === 'region' ? 'cfp:region' : 'cfp:wish';
  if (parts.one('wsag:ItemConstraint')?.children.length !== 0 || wish?.name !== wanted || more.length > 0) {
    const hint = 'bounds are neg:Type="Required"';
    problems.add(element, `an Optional item is an empty wsag:ItemConstraint and one ${wanted} after it`, hint);
    return;
  }
  const preference = mapping(element.at);
  put(preference, name, ownValue(wish, problems), problems);
  const importance = parts.attribute('neg:Importance');
  if (weight) put(preference, 'weight', ownValue(weight, problems), problems);
  else if (importance !== undefined) put(preference, 'weight', scalar(element.at, importance.trim()), problems);
  put(fields, 'prefer', list(element.at, [preference]), problems);
}
