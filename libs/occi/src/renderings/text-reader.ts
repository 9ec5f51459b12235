import { AgencyError } from '@cloud-agency/errors';
import { type CategoryRef, categoryId } from '../model/category.js';
import type { ActionCall, Entity, LinkRef } from '../model/entity.js';
import type { JsonScalar } from '../model/json.js';
import type { Registry } from '../registry.js';
import { assertAttributeName } from './attribute-name.js';
import type { ReceivedField } from './fields.js';
import { Scanner } from './scanner.js';

/** What the fields of a text rendering say, before it is known what they are about. */
export interface TextContent {
  readonly categories: readonly CategoryRef[];
  readonly attributes: Readonly<Record<string, JsonScalar>>;
  readonly links: readonly TextLink[];
  readonly locations: readonly string[];
}

interface TextLink {
  readonly target: string;
  readonly parameters: Readonly<Record<string, JsonScalar>>;
}

/** Reads the fields (GFD.229). @throws AgencyError invalid-request saying where and why. */
export function readFields(fields: readonly ReceivedField[]): TextContent {
  const categories: CategoryRef[] = [];
  const attributes = new Map<string, JsonScalar>();
  const links: TextLink[] = [];
  const locations: string[] = [];
  for (const { name, value, where } of fields) {
    const scanner = new Scanner(value, where);
    if (name === 'Category') elements(scanner, () => categories.push(readCategory(scanner)));
    else if (name === 'Link') elements(scanner, () => links.push(readLink(scanner)));
    else if (name === 'X-OCCI-Attribute') elements(scanner, () => attributes.set(...readAttribute(scanner)));
    else
      locations.push(
        ...value
          .split(',')
          .map((one) => one.trim())
          .filter((one) => one !== ''),
      );
  }
  return { categories, attributes: Object.fromEntries(attributes), links, locations };
}

/** @throws AgencyError invalid-request when the text is not that of one entity; not-found for a category that does not exist. */
export function readEntity(fields: readonly ReceivedField[], registry: Registry): Entity {
  const content = readFields(fields);
  const categories = content.categories.map((ref) => registry.get(categoryId(ref)));
  const kinds = categories.filter((category) => category.class === 'kind');
  const kind = kinds[0];
  if (!kind || kinds.length > 1) {
    throw new AgencyError('invalid-request', {
      message: `An entity has exactly one kind; this text names ${String(kinds.length)}.`,
    });
  }
  const { 'occi.core.id': id, 'occi.core.title': title, 'occi.core.summary': summary, ...attributes } = content.attributes;
  const isAction = (link: TextLink): boolean => link.target.includes('?action=');
  return {
    kind: categoryId(kind),
    id: id === undefined ? '' : String(id),
    ...(title === undefined ? {} : { title: String(title) }),
    ...(summary === undefined ? {} : { summary: String(summary) }),
    mixins: categories.filter((category) => category.class === 'mixin').map(categoryId),
    attributes,
    actions: content.links.filter(isAction).map((link) => String(link.parameters.rel)),
    links: content.links.filter((link) => !isAction(link)).map(linkRef),
  };
}

/** The action that a text asks for; undefined when it names no category at all. @throws AgencyError invalid-request, not-found. */
export function readAction(fields: readonly ReceivedField[], registry: Registry): ActionCall | undefined {
  const { categories, attributes } = readFields(fields);
  const [ref, second] = categories;
  if (!ref && Object.keys(attributes).length === 0) return undefined;
  if (!ref || second) {
    throw new AgencyError('invalid-request', {
      message: `An action is called by exactly one Category; there are ${String(categories.length)}.`,
    });
  }
  const action = registry.get(categoryId(ref));
  if (action.class !== 'action') {
    throw new AgencyError('invalid-request', { message: `${categoryId(ref)} is a ${action.class}, not an action.` });
  }
  return { action: categoryId(action), attributes };
}

/** Elements are separated by commas; a `;` may end each. */
function elements(scanner: Scanner, read: () => unknown): void {
  while (!scanner.atEnd()) {
    if (scanner.skip(',')) continue;
    read();
    if (scanner.atEnd()) return;
    if (!scanner.skip(',')) scanner.fail("expected ','");
  }
}

function readCategory(scanner: Scanner): CategoryRef {
  const term = scanner.token('the term of a category');
  let scheme: string | undefined;
  parameters(scanner, (name) => {
    const value = scanner.parameter(`the value of ${name}`);
    if (name === 'scheme') scheme = value;
  });
  return { term, scheme: scheme ?? scanner.fail(`the category ${term} has no scheme`) };
}

function readLink(scanner: Scanner): TextLink {
  const target = scanner.bracketed('the target of a link');
  const found = new Map<string, JsonScalar>();
  parameters(scanner, (name) => {
    assertAttributeName(name);
    found.set(name, scanner.value(name));
  });
  return { target, parameters: Object.fromEntries(found) };
}

function parameters(scanner: Scanner, read: (name: string) => void): void {
  while (scanner.skip(';')) {
    if (scanner.atEnd()) return;
    const name = scanner.token('the name of a parameter');
    scanner.expect('=');
    read(name);
  }
}

function readAttribute(scanner: Scanner): [string, JsonScalar] {
  const name = scanner.token('the name of an attribute');
  assertAttributeName(name);
  scanner.expect('=');
  const value = scanner.value(name);
  scanner.skip(';');
  return [name, value];
}

function linkRef({ target, parameters: { rel = '', self = '', category = '', ...attributes } }: TextLink): LinkRef {
  const categories = String(category)
    .split(' ')
    .filter((one) => one !== '');
  return { target, rel: String(rel), self: String(self), categories, attributes };
}
