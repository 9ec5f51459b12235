import { AgencyError } from '@cloud-agency/errors';
import { type CategoryDeclaration, type CategoryRef, categoryId } from '../model/category.js';
import type { ActionCall, Entity, EntityChange, LinkRef } from '../model/entity.js';
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
          .map((one) => one.trim().replace(/(\s*;)+$/, ''))
          .filter((one) => one !== ''),
      );
  }
  return { categories, attributes: Object.fromEntries(attributes), links, locations };
}

/** The categories that a client describes, with their parameters. @throws AgencyError invalid-request saying where and why. */
export function readCategories(fields: readonly ReceivedField[]): CategoryDeclaration[] {
  const declared: CategoryDeclaration[] = [];
  for (const { name, value, where } of fields) {
    if (name !== 'Category') continue;
    const scanner = new Scanner(value, where);
    elements(scanner, () => declared.push(readDeclaration(scanner)));
  }
  return declared;
}

/** @throws AgencyError invalid-request when the text is not that of one entity; not-found for a category that does not exist. */
export function readEntity(fields: readonly ReceivedField[], registry: Registry): Entity {
  const { kind, id = '', ...rest } = readChange(fields, registry);
  if (kind === undefined) throw kindsNamed(0);
  const actions = readFields(fields).links.filter(isAction);
  return { ...rest, kind, id, actions: actions.map(({ parameters }) => String(parameters.rel)) };
}

/** What a text says of an entity, which may be a part of it. @throws AgencyError invalid-request, not-found for a category that does not exist. */
export function readChange(fields: readonly ReceivedField[], registry: Registry): EntityChange {
  const content = readFields(fields);
  const categories = content.categories.map((ref) => registry.get(categoryId(ref)));
  const [kind, ...furtherKinds] = categories.filter((category) => category.class === 'kind');
  if (furtherKinds.length > 0) throw kindsNamed(furtherKinds.length + 1);
  const { 'occi.core.id': id, 'occi.core.title': title, 'occi.core.summary': summary, ...attributes } = content.attributes;
  const meant = (name: string): string => registry.spelling.meant(name);
  return {
    ...(kind === undefined ? {} : { kind: categoryId(kind) }),
    ...(id === undefined ? {} : { id: String(id) }),
    ...(title === undefined ? {} : { title: String(title) }),
    ...(summary === undefined ? {} : { summary: String(summary) }),
    mixins: categories.filter((category) => category.class === 'mixin').map(categoryId),
    attributes: named(attributes, meant),
    links: content.links.filter((link) => !isAction(link)).map((link) => linkRef(link, meant)),
  };
}

const isAction = (link: TextLink): boolean => link.target.includes('?action=');

const kindsNamed = (count: number): AgencyError =>
  new AgencyError('invalid-request', { message: `An entity has exactly one kind; this text names ${String(count)}.` });

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

const named = (attributes: TextContent['attributes'], meant: (name: string) => string): TextContent['attributes'] =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [meant(name), value]));

/** Elements are separated by commas; a `;` may end each, and some clients put nothing else between attributes. */
function elements(scanner: Scanner, read: () => unknown): void {
  while (!scanner.atEnd()) {
    if (scanner.skip(',')) continue;
    read();
    if (scanner.atEnd()) return;
    if (!scanner.skip(',') && !scanner.skip(';')) scanner.fail("expected ','");
  }
}

function readCategory(scanner: Scanner): CategoryRef {
  const { term, scheme } = readDeclaration(scanner);
  return { term, scheme };
}

function readDeclaration(scanner: Scanner): CategoryDeclaration {
  const term = scanner.token('the term of a category');
  const found = new Map<string, string>();
  parameters(scanner, (name) => found.set(name, scanner.parameter(`the value of ${name}`)));
  const scheme = found.get('scheme') ?? scanner.fail(`the category ${term} has no scheme`);
  const given = (['class', 'title', 'rel', 'location', 'attributes', 'actions'] as const).flatMap((name) => {
    const value = found.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { term, scheme, ...Object.fromEntries(given) };
}

/** What a link has beside its attributes; older clients leave their quotes out. */
const own = ['rel', 'self', 'category'];

function readLink(scanner: Scanner): TextLink {
  const target = scanner.bracketed('the target of a link');
  const found = new Map<string, JsonScalar>();
  parameters(scanner, (name) => {
    assertAttributeName(name);
    if (!own.includes(name)) found.set(name, scanner.value(name));
    else {
      const before = found.get(name);
      const value = scanner.parameter(`the value of ${name}`);
      // Some clients repeat category instead of listing several in one.
      found.set(name, before === undefined ? value : `${String(before)} ${value}`);
    }
  });
  return { target, parameters: Object.fromEntries(found) };
}

function parameters(scanner: Scanner, read: (name: string) => void): void {
  while (scanner.skip(';')) {
    if (scanner.atEnd() || scanner.comes(',') || scanner.comes(';')) continue;
    const name = scanner.token('the name of a parameter');
    scanner.expect('=');
    read(name);
  }
}

function readAttribute(scanner: Scanner): [string, JsonScalar] {
  const name = scanner.token('the name of an attribute');
  assertAttributeName(name);
  scanner.expect('=');
  return [name, scanner.value(name)];
}

function linkRef({ target, parameters }: TextLink, meant: (name: string) => string): LinkRef {
  const { rel = '', self = '', category = '', ...attributes } = parameters;
  const categories = String(category)
    .split(' ')
    .filter((one) => one !== '');
  return { target, rel: String(rel), self: String(self), categories, attributes: named(attributes, meant) };
}
