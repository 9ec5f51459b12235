import { attributes } from '../../vocabulary/attributes.js';
import { placeSetLevels, textAttributes } from '../../vocabulary/names.js';
import { type Dimension } from '../../vocabulary/quantity.js';
import { quantity } from '../fields.js';
import { Problems } from '../problems.js';
import { targetOf } from './constraints.js';
import type { ReadElement } from './element.js';
import { type Facet, facets } from './facets.js';
import { contentShape, readContent } from './read-offer.js';
import { partsOf } from './shape.js';
import type { Services } from './terms.js';
import { textOf, type Tree } from './tree.js';
import { readXml } from './xml.js';

/** What an agreement can be made from: the offer to fill in, and what its creation constraints leave open (GFD.192). */
export interface AgreementTemplate {
  /** Its wsag:TemplateId. */
  readonly id: string;
  /** Its wsag:Name. */
  readonly title: string;
  /** As written, in XML; and what that is. */
  readonly text: string;
  readonly root: Tree;
  readonly bounds: readonly Bound[];
}

/** What one field of an offer may be. */
export interface Bound {
  /** Of the call; absent: the field is of the whole of it. */
  readonly item?: string;
  /** As its Location ends: `cores`, `count`, `continent`, `at_most`. */
  readonly field: string;
  readonly limits: readonly Limit[];
}
/** Numbers are in the canonical unit of the field. */
export interface Limit {
  readonly sign: string;
  readonly value: number | string;
  /** As written: `<= 16 GiB`. */
  readonly text: string;
}

const shape = {
  children: [...contentShape, 'wsag:CreationConstraints'],
  attributes: ['wsag:AgreementId?', 'wsag:TemplateId'],
};
const itemShape = { children: ['wsag:Location', 'wsag:ItemConstraint'], attributes: ['wsag:Name?'] };

/** Reads a `wsag:Template` in XML. @throws AgencyError invalid-document or unsupported, with everything that is wrong. */
export function readTemplate(text: string): AgreementTemplate {
  const root = readXml(text);
  const problems = new Problems();
  if (root.name !== 'wsag:Template') problems.add(root, `${root.name} is no template`, 'the root is wsag:Template');
  problems.throwIfAny();
  const parts = partsOf(root, shape, problems);
  const { services } = readContent(parts, undefined, problems);
  const id = parts.attribute('wsag:TemplateId') ?? '';
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    problems.add(root, `wsag:TemplateId "${id}" is not a name: lower-case letters, digits and -`);
  const constraints = parts.one('wsag:CreationConstraints');
  const bounds = constraints ? boundsOf(constraints, services, problems) : [];
  problems.throwIfAny();
  const name = parts.one('wsag:Name');
  return { id, title: name ? textOf(name) : id, text, root, bounds };
}

function boundsOf(element: ReadElement, services: Services, problems: Problems): readonly Bound[] {
  const constraints = partsOf(element, { children: ['wsag:Item*', 'wsag:Constraint*'] }, problems);
  for (const free of constraints.all('wsag:Constraint'))
    problems.unsupported(free, 'free constraints are not understood: write wsag:Item elements');
  return constraints.all('wsag:Item').flatMap((item) => boundOf(item, services, problems) ?? []);
}

function boundOf(element: ReadElement, services: Services, problems: Problems): Bound | undefined {
  const parts = partsOf(element, itemShape, problems);
  const [location, constraint] = [parts.one('wsag:Location'), parts.one('wsag:ItemConstraint')];
  const target = location && targetOf(location, services, problems);
  if (!target || !constraint) return undefined;
  const { name: field, fields } = target;
  const item = [...services.byName].find(([, described]) => described === fields)?.[0];
  const kind = kindOf(field);
  if (kind === undefined) {
    problems.add(location, `a template cannot bound ${field}`);
    return undefined;
  }
  const limits = facets(constraint, problems).flatMap((facet) => limitOf(facet, kind, problems) ?? []);
  return { ...(item !== undefined && { item }), field, limits };
}

const others: Readonly<Record<string, Dimension>> = { count: 'number', max_price: 'price', at_most: 'budget' };

function kindOf(field: string): Dimension | 'text' | undefined {
  if ([...textAttributes, ...placeSetLevels].some((name) => name === field)) return 'text';
  const numbers: Readonly<Record<string, { readonly dimension: Dimension }>> = attributes;
  if (Object.hasOwn(others, field)) return others[field];
  return Object.hasOwn(numbers, field) ? numbers[field]?.dimension : undefined;
}

function limitOf({ at, sign, value }: Facet, kind: Dimension | 'text', problems: Problems): Limit | undefined {
  const text = `${sign} ${value}`;
  if (kind === 'text') return { sign, value, text };
  const read = quantity(kind)({ kind: 'scalar', path: 'wsag:ItemConstraint', at, value, text: value }, problems);
  return read === undefined ? undefined : { sign, value: read, text };
}
