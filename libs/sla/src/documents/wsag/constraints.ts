import { nearest } from '@cloud-agency/errors';
import type { Problems } from '../problems.js';
import { type Draft, list, type MappingDraft, mapping, put, scalar } from './draft.js';
import { compared, facets } from './facets.js';
import { ownValue } from './own.js';
import { type Parts, partsOf } from './shape.js';
import type { Services } from './terms.js';
import type { ReadElement } from './element.js';
import { textOf } from './tree.js';

/** Reads the items of the constraints into what they constrain: Required ones are requirements, Optional ones preferences. */
export function constrain(element: ReadElement, services: Services, problems: Problems): void {
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

function readItem(item: ReadElement, services: Services, problems: Problems): void {
  const parts = partsOf(item, shape, problems);
  const location = parts.one('wsag:Location');
  const target = location && targetOf(location, services, problems);
  if (!target) return;
  const type = parts.attribute('neg:Type');
  if (type === 'Required') require(parts, target, problems);
  else if (type === 'Optional') prefer(parts, target, problems);
  else if (type !== undefined) problems.add(item, `neg:Type is "${type.slice(0, 40)}"`, 'it is Required or Optional');
}

export interface Target {
  readonly fields: MappingDraft;
  /** Field of the document that the location ends with. */
  readonly name: string;
}

const example = "…/wsag:ServiceDescriptionTerm[@wsag:Name='web']/cfp:Resource/cfp:cores";

/** Of an XPath only what matters is read: which term, and which of its fields. */
export function targetOf(location: ReadElement, services: Services, problems: Problems): Target | undefined {
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
  const before = stated(fields.entries.get('require')?.value, name);
  if (before && value.kind === 'list' && [before, value].every(isChoice))
    problems.add(element, `which values of ${name} are allowed is listed a second time`, 'list them in one wsag:ItemConstraint');
  else if (name === 'at_most') put(fields, name, value, problems);
  else put(fields, 'require', { ...mapping(element.at), entries: new Map([[name, { at: value.at, value }]]) }, problems);
}

const stated = (draft: Draft | undefined, name: string): Draft | undefined =>
  draft?.kind === 'mapping' ? draft.entries.get(name)?.value : undefined;

/** Whether it lists bare values, of which one is allowed: two such lists are not one longer list. */
const isChoice = (draft: Draft): boolean =>
  draft.kind === 'list' && draft.items.some((item) => item.kind === 'scalar' && !/^\s*[<>=!]/.test(item.text));

function required(parts: Parts, name: string, problems: Problems): Draft | undefined {
  if (name === 'region') return regionOf(parts, problems);
  if (name === 'max_price' || name === 'at_most') return ceiling(parts, problems);
  const [floor, ...more] = parts.others;
  if (name === 'market' && floor?.name === 'cfp:on_demand_at_least' && more.length === 0 && isEmpty(parts))
    return fieldOf(floor, problems);
  return compared(parts, name, parts.others, problems);
}

const isEmpty = (parts: Parts): boolean => parts.one('wsag:ItemConstraint')?.children.length === 0;

/** An element of our own as the one field of a mapping. */
function fieldOf(element: ReadElement, problems: Problems): MappingDraft {
  const fields = mapping(element.at);
  put(fields, element.local, ownValue(element, problems), problems);
  return fields;
}

/** A price, of one market where a `cfp:market` says which. */
function ceiling(parts: Parts, problems: Problems): Draft | undefined {
  const constraint = parts.one('wsag:ItemConstraint');
  const [only, ...more] = constraint ? facets(constraint, problems) : [];
  const market = parts.others.find(({ name }) => name === 'cfp:market');
  for (const other of parts.others)
    if (other !== market) problems.add(other, `${other.name} means nothing here`, 'known is cfp:market');
  if (only?.sign !== '<=' || more.length > 0) {
    problems.add(parts.element, 'the most is one xs:maxInclusive');
    return undefined;
  }
  const most = scalar(only.at, only.value);
  if (!market) return most;
  const fields = mapping(market.at);
  put(fields, textOf(market), most, problems);
  return fields;
}

function regionOf(parts: Parts, problems: Problems): Draft | undefined {
  const [region, ...more] = parts.others;
  if (region?.name === 'cfp:region' && more.length === 0 && isEmpty(parts)) return ownValue(region, problems);
  problems.add(parts.element, 'a region is an empty wsag:ItemConstraint and a cfp:region after it');
  return undefined;
}

/**
 * A wish: `<cfp:wish>max</cfp:wish>`, a `cfp:region`, or facets as of what is Required; its weight is the importance, or `cfp:weight` where that
 * is no whole number.
 */
function prefer(parts: Parts, { fields, name }: Target, problems: Problems): void {
  const { element } = parts;
  const weight = parts.others.find((other) => other.name === 'cfp:weight');
  const others = parts.others.filter((other) => other !== weight);
  const wished = preferred(parts, name, others, problems);
  if (!wished) return;
  const preference = mapping(element.at);
  put(preference, name, wished, problems);
  const importance = parts.attribute('neg:Importance');
  if (weight) put(preference, 'weight', ownValue(weight, problems), problems);
  else if (importance !== undefined) put(preference, 'weight', scalar(element.at, importance.trim()), problems);
  put(fields, 'prefer', list(element.at, [preference]), problems);
}

function preferred(parts: Parts, name: string, others: readonly ReadElement[], problems: Problems): Draft | undefined {
  const wanted = name === 'region' ? 'cfp:region' : 'cfp:wish';
  const wish = others.find((other) => other.name === wanted);
  const isBare = isEmpty(parts) && others.length <= 1;
  if (wish && isBare) return ownValue(wish, problems);
  if (name !== 'region' && !wish && (!isBare || others.length > 0)) return compared(parts, name, others, problems);
  const hint = name === 'region' ? undefined : 'or facets, as of what is Required';
  problems.add(parts.element, `an Optional item is an empty wsag:ItemConstraint and one ${wanted} after it`, hint);
  return undefined;
}
